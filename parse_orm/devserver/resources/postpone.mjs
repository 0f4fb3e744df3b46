// Modules that a dev server hardly ever needs are loaded at first use: this halves the start of Parse Server.
//
// parse-server 9.10 requires the clients of Redis, MongoDB and LDAP and a GraphQL server at import, 500 of its 1,200
// files, and the push services (0.2 to 0.5 s) at start, whether they are configured or not.
import Module from 'node:module';

// Each with the functions and classes that parse-server reads from it at import, long before it uses them.
const SELDOM = new Map([
  ['redis', []],
  ['mongodb', []],
  ['graphql', ['parse']],
  ['ldapjs', []],
  ['jsonwebtoken', []],
  ['jwks-rsa', []],
  ['node-forge', []],
  ['./GraphQL/ParseGraphQLServer', []],
  ['./Adapters/Storage/Mongo/MongoStorageAdapter', ['default']],
  ['../Adapters/Storage/Mongo/MongoStorageAdapter', ['default']],
]);

// Answers that need no loading: Babel's code asks for the first one early (for all of SELDOM it is true or does
// no harm), and nothing is an instance of a class that was never loaded.
const KNOWN = new Map([
  ['__esModule', true],
  [Symbol.hasInstance, () => false],
]);

/** Stands for a module, or for a function or class in it; the first use loads the module. */
function standIn(loadNow, readEarly = []) {
  let loaded;
  const real = () => (loaded ??= loadNow());
  const inside = new Map(readEarly.map(name => [name, standIn(() => real()[name])]));
  return new Proxy(function () {}, {
    get: (_, name) => (loaded ? real()[name] : (inside.get(name) ?? KNOWN.get(name) ?? real()[name])),
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
    return seldom ? standIn(loadNow, SELDOM.get(request)) : loadNow();
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
