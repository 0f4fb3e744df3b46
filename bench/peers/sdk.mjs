// The Parse JS SDK, as its users write; speaks the protocol of bench/worker.py on standard input and output.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const Parse = createRequire(join(folder, "package.json"))("parse/node");

const FOUND = "BenchRow";
const MANY = "BenchMany";
const SAVED = "BenchSaved";
const AUTHOR = "BenchAuthor";
const AUTHOR_ID = "benchauthor";
const MASTER = { useMasterKey: true };
const MOMENT = new Date("2024-01-02T03:04:05.678Z");
const COLUMNS = [
  "title", "genre", "plays", "rating", "live", "released", "recorded", "author", "marks", "info",
];

let sizes;

function newRow(number) {
  const acl = new Parse.ACL();
  acl.setPublicReadAccess(true);
  acl.setReadAccess(AUTHOR_ID, true);
  acl.setWriteAccess(AUTHOR_ID, true);
  const row = new Parse.Object(SAVED, {
    title: `A title of ordinary length, number ${number}`,
    genre: "bossa nova",
    plays: number,
    rating: (number % 10) + 0.5,
    live: number % 2 === 0,
    released: MOMENT,
    recorded: MOMENT,
    author: Parse.Object.createWithoutData.call(Parse.Object.extend(AUTHOR), AUTHOR_ID),
    marks: [number, number + 1, number + 2],
    info: { bpm: 120, key: "C" },
  });
  row.setACL(acl);
  return row;
}

const newRows = (count) => Array.from({ length: count }, (_, number) => newRow(number));
const found = () => new Parse.Query(FOUND).ascending("objectId").limit(sizes.found).find(MASTER);
const firstRow = () => new Parse.Query(FOUND).ascending("objectId").first(MASTER);

function readAll(row) {
  const values = [row.id, row.createdAt, row.updatedAt, row.getACL()];
  for (const column of COLUMNS) values.push(row.get(column));
  return values;
}

async function repeated(action) {
  for (let number = 0; number < sizes.single; number++) await action(number);
}

// As in the other peers, a method prepares and gives the function that is measured.
const works = {
  async find() {
    return found;
  },

  async find_read() {
    return async () => (await found()).forEach(readAll);
  },

  async save() {
    const rows = newRows(sizes.saved);
    return () => Parse.Object.saveAll(rows, { ...MASTER, batchSize: sizes.batch });
  },

  async create() {
    const rows = newRows(sizes.single);
    return () => repeated((number) => rows[number].save(null, MASTER));
  },

  async read() {
    const { id } = await firstRow();
    return () => repeated(() => new Parse.Query(FOUND).get(id, MASTER));
  },

  async update() {
    const row = await firstRow();
    return () => repeated((number) => row.save({ plays: -1 - number }, MASTER));
  },

  async delete() {
    const rows = await Parse.Object.saveAll(newRows(sizes.single), MASTER);
    return () => repeated((number) => rows[number].destroy(MASTER));
  },

  async each() {
    return () => new Parse.Query(MANY).eachBatch(() => {}, { ...MASTER, batchSize: 1000 });
  },
};

async function measured(run) {
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  await run();
  const wall = Number(process.hrtime.bigint() - begin) / 1e9;
  const used = process.cpuUsage(cpu);
  return { wall, cpu: (used.user + used.system) / 1e6 };
}

async function answer(question) {
  if (question.begin) {
    const { config } = question.begin;
    sizes = question.begin.sizes;
    Parse.initialize(config.app_id, undefined, config.master_key);
    Parse.serverURL = config.server_url;
    return { ready: "parse" };
  }
  return measured(await works[question.time]());
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = await answer(JSON.parse(line));
  } catch (error) {
    said = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(said) + "\n");
}
