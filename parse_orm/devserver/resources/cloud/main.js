// Cloud Code for demos and tests: one of each thing an application meets.
/* global Parse */

Parse.Cloud.define('hello', request => `Hello, ${request.params.name ?? 'world'}!`);

Parse.Cloud.define('echo', request => request.params);

Parse.Cloud.define('whoami', request => ({
  user: request.user?.id ?? null,
  master: Boolean(request.master),
  context: request.context,
  installationId: request.installationId ?? null,
}));

Parse.Cloud.define('fail', request => {
  const { code = Parse.Error.SCRIPT_FAILED, message = 'failed on purpose' } = request.params;
  throw new Parse.Error(code, message);
});

Parse.Cloud.define('slow', async request => {
  await new Promise(resolve => setTimeout(resolve, request.params.milliseconds ?? 1000));
  return 'done';
});

Parse.Cloud.define('members_only', request => request.user.id, { requireUser: true });

Parse.Cloud.job('count_songs', async request => {
  const songs = await new Parse.Query('Song').count({ useMasterKey: true });
  request.message(`${songs} songs`);
});

Parse.Cloud.beforeSave('Guarded', request => {
  if (request.object.get('name') === 'forbidden') {
    throw new Parse.Error(Parse.Error.VALIDATION_ERROR, 'this name is not allowed');
  }
  if (request.context?.stamp) {
    request.object.set('stamp', request.context.stamp);
  }
});

Parse.Cloud.beforeDelete('Guarded', request => {
  if (request.object.get('locked')) {
    throw new Parse.Error(Parse.Error.OPERATION_FORBIDDEN, 'locked objects stay');
  }
});
