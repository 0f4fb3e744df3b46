// One Parse Server for tests: it starts from a line of JSON on stdin, and ends when stdin does.
//
// The Python side writes {port, options, cloud, socket, files} as the first line, then one command per line.
// Answers go to stdout behind a record separator (RFC 7464), everything else there is the server's log.
// Keys arrive through stdin so that no list of processes shows them.
import http from 'node:http';
import { createRequire } from 'node:module';
import { readFileSync, rmSync, readdirSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';
import { postponeModules, postponePush } from './postpone.mjs';

const RECORD = '\x1e';
const HOST = '127.0.0.1';
const here = import.meta.dirname;

const answer = value => process.stdout.write(RECORD + JSON.stringify(value) + '\n');
const statements = name => readFileSync(path.join(here, name), 'utf8');

// Waiting for the first line starts now; loading parse-server (half a second) goes on meanwhile.
const lines = readline.createInterface({ input: process.stdin });
const waiting = [];
let receive = line => waiting.push(line);
lines.on('line', line => receive(line));
lines.on('close', () => process.exit(0));

postponeModules();
const load = createRequire(path.join(process.argv[2], 'package.json'));
const library = name => load(path.join(process.argv[2], 'node_modules', 'parse-server', 'lib', name));
const express = load('express');
const { ParseServer } = load('parse-server');
const FilesAdapter = load('@parse/fs-files-adapter');
const { PostgresStorageAdapter } = library('Adapters/Storage/Postgres/PostgresStorageAdapter');
const SchemaCache = library('Adapters/Cache/SchemaCache').default;

/** Keeps e-mails instead of sending them. */
class Outbox {
  mails = [];

  keep(kind, { user, link, appName }) {
    const to = user?.get('email') || user?.get('username');
    this.mails.push({ kind, to, username: user?.get('username'), link, app_name: appName });
  }
  async sendVerificationEmail(mail) {
    this.keep('verification', mail);
  }
  async sendPasswordResetEmail(mail) {
    this.keep('password_reset', mail);
  }
  async sendMail(mail) {
    this.mails.push({ kind: 'mail', ...mail });
  }
}

/** Listens first: the port must be known before the server can be told its own address. */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(server.address().port));
  });
}

/** A file of cloud code, CommonJS or ES module; a folder means its main.js. */
function cloudCode(file) {
  return file ? { cloud: () => import(pathToFileURL(file).href) } : {};
}

async function start({ port, options, cloud, socket, files }) {
  if (!options.push) {
    postponePush(library('Adapters/AdapterLoader'));
  }
  const app = express();
  const httpServer = http.createServer(app);
  const chosen = await listen(httpServer, port);

  const outbox = new Outbox();
  const address = `http://${HOST}:${chosen}/parse`;
  const ownDatabase = 'databaseURI' in options;
  const database = ownDatabase ? {} : {
    databaseAdapter: new PostgresStorageAdapter({
      uri: 'postgres://postgres@localhost/postgres',
      databaseOptions: { host: socket },
    }),
  };
  const server = new ParseServer({
    serverURL: address,
    publicServerURL: address,
    filesAdapter: new FilesAdapter({ filesSubDirectory: files }),
    emailAdapter: outbox,
    ...database,
    ...cloudCode(cloud),
    ...options,
  });
  const sql = ownDatabase ? null : text => database.databaseAdapter._client.none(text);
  await sql?.(statements('geo.sql'));
  await server.start();
  await sql?.(statements('remember.sql'));
  app.use('/parse', server.app);
  await ParseServer.createLiveQueryServer(httpServer, options.liveQueryServerOptions);
  return { port: chosen, outbox, sql, config: server.config, files: path.resolve('files', files) };
}

/** Webhooks live in memory as well as in the _Hooks table. */
async function dropHooks({ hooksController }) {
  for (const hook of await hooksController.getFunctions()) {
    await hooksController.deleteFunction(hook.functionName);
  }
  for (const hook of await hooksController.getTriggers()) {
    await hooksController.deleteTrigger(hook.className, hook.triggerName);
  }
}

const COMMANDS = {
  async reset({ sql, config, outbox, files }, { classes }) {
    if (!sql) {
      throw new Error('reset() works on the built-in Postgres only, not on a databaseURI of your own');
    }
    await dropHooks(config);
    await sql(statements('empty.sql'));
    if (classes) {
      await sql(statements('forget.sql'));
    }
    // Without this a deleted user stays logged in for 5 seconds: the user cache of Parse Server.
    await config.cacheController.clear();
    SchemaCache.clear();
    outbox.mails.length = 0;
    for (const name of readdirSync(files)) {
      rmSync(path.join(files, name), { recursive: true, force: true });
    }
    return true;
  },
  async outbox({ outbox }) {
    return outbox.mails;
  },
};

async function obey(running, line) {
  const { id, command, ...details } = JSON.parse(line);
  try {
    answer({ id, result: await COMMANDS[command](running, details) });
  } catch (error) {
    answer({ id, error: String(error?.message ?? error) });
  }
}

const begin = line =>
  start(JSON.parse(line)).then(
    running => {
      receive = next => obey(running, next);
      answer({ ready: true, port: running.port });
    },
    error => {
      answer({ ready: false, code: error?.code ?? null, error: String(error?.message ?? error) });
      process.exitCode = 1;
      setImmediate(() => process.exit());
    },
  );

// A forked copy of the parent may keep our stdin open after the parent is gone.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 1000).unref();

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => process.exit(0));
}
receive = begin;
waiting.splice(0, 1).forEach(begin);
