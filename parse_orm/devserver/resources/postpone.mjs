// Modules that a dev server hardly ever needs are loaded at first use: this halves the start of Parse Server.
//
// parse-server 9.10 requires the clients of Redis and MongoDB and a GraphQL server at import, 0.3 s in all,
// and the push services (0.2 to 0.5 s) at start, whether they are configured or not.
import Module from 'node:module';

const SELDOM = new Set([
  'redis',
  './GraphQL/ParseGraphQLServer',
  './Adapters/Storage/Mongo/MongoStorageAdapter',
  '../Adapters/Storage/Mongo/MongoStorageAdapter',
]);

/** Stands for a module; the first property read, call or construction loads it. */
function standIn(loadNow) {
  let loaded;
  const real = () => (loaded ??= loadNow());
  return new Proxy(function () {}, {
    // Babel's code asks for this one property early; for all of SELDOM the answer is true or does no harm.
    get: (_, name) => (name === '__esModule' && !loaded ? true : real()[name]),
    has: (_, name) => name in real(),
    apply: (_, self, parameters) => Reflect.apply(real(), self, parameters),
    construct: (_, parameters) => Reflect.construct(real(), parameters),
  });
}

/** Makes require() answer with stand-ins, for files of parse-server only. */
export function postponeModules() {
  const load = Module._load;
  const ofServer = /[\\/]parse-server[\\/]lib[\\/]/;
  Module._load = function (request, parent, isMain) {
    const seldom = SELDOM.has(request) && ofServer.test(parent?.filename ?? '');
    const loadNow = () => load.call(this, request, parent, isMain);
    return seldom ? standIn(loadNow) : loadNow();
  };
}

/** What parse-server checks a push adapter for. Never asked to send: /push answers 115 without the option. */
class NoPush {
  send() {}
  getValidPushTypes() {
    return [];
  }
}

/** Without a `push` option the push adapter is loaded and then left unused: give the server an empty one. */
export function postponePush(adapterLoader) {
  const { loadModule } = adapterLoader;
  adapterLoader.loadModule = name =>
    name === '@parse/push-adapter' ? Promise.resolve(NoPush) : loadModule(name);
}
