// Cloud code for the tests of this folder.
Parse.Cloud.define('hello', request => `Hello ${request.params.name ?? 'you'}`);
Parse.Cloud.define('echo', request => request.params);
Parse.Cloud.define('nothing', () => undefined);
Parse.Cloud.define('who', request => request.user?.id ?? (request.master ? 'master' : 'nobody'));
Parse.Cloud.define('context', request => request.context);
Parse.Cloud.define('broken', () => {
  throw 'it is broken';
});
Parse.Cloud.define('teapot', () => {
  throw new Parse.Error(418, 'short and stout');
});
Parse.Cloud.define('strict', request => request.params.n, { fields: { n: { type: Number, required: true } } });
Parse.Cloud.define('newest', async request => {
  const query = new Parse.Query(request.params.of);
  return query.descending('createdAt').first({ useMasterKey: true });
});

Parse.Cloud.job('count', async request => {
  request.message('counting to ' + request.params.to);
  return 'done';
});
Parse.Cloud.job('fail', () => {
  throw 'it cannot work';
});
