// Runs the edge function under Node as CloudFront does: in a context that holds what runtime 2.0
// has and nothing else, with a stub of the module 'cloudfront'. Reads one JSON object a line, and
// writes one for each:
//   {"kvs": {"key/...": "..."}}                               what the key value store holds -> {}
//   {"now": ms, "method", "path", "headers": {name: [values]}} a request
//     -> {"status": 0, "uri", "headers"} when it goes on, else {"status", "headers", "body"}
// "broken": true makes every look-up fail, as a key value store that cannot be reached.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const vm = require('vm');

const IMPORT = "import cf from 'cloudfront';";

let entries = {};
let broken = false;
let now = 0;

const kvs = {
  exists: async key => {
    if (broken) throw new Error('no key value store');
    return Object.prototype.hasOwnProperty.call(entries, key);
  },
  get: async key => {
    if (broken || !Object.prototype.hasOwnProperty.call(entries, key)) throw new Error('KeyNotFound');
    return entries[key];
  }
};

function load(file) {
  const source = fs.readFileSync(file, 'utf8');
  if (source.split(IMPORT).length !== 2) {
    throw new Error('the function imports cloudfront once and nothing else');
  }
  const context = vm.createContext({
    Buffer: { from: Buffer.from },
    cf: { kvs: () => kvs },
    require: name => {
      if (name !== 'crypto') throw new Error('there is no module ' + name);
      return { createHmac: crypto.createHmac };
    },
    clock: () => now
  }, { codeGeneration: { strings: false, wasm: false } });
  vm.runInContext('Date.now = clock; clock = undefined;', context);
  return vm.runInContext("'use strict';" + source.replace(IMPORT, '') + '\nhandler;', context, file);
}

function eventOf(ask) {
  const question = ask.path.indexOf('?');
  const querystring = {};
  if (question >= 0) {
    for (const pair of ask.path.slice(question + 1).split('&')) {
      querystring[pair.split('=')[0]] = { value: pair.split('=')[1] || '' };
    }
  }
  const headers = {};
  for (const name of Object.keys(ask.headers)) {
    const values = ask.headers[name];
    headers[name] = { value: values[0] };
    if (values.length > 1) {
      headers[name].multiValue = values.map(value => ({ value }));
    }
  }
  return {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '127.0.0.1' },
    request: {
      method: ask.method,
      uri: question >= 0 ? ask.path.slice(0, question) : ask.path,
      querystring,
      headers,
      cookies: {}
    }
  };
}

async function answer(handler, ask) {
  if (ask.kvs) {
    entries = ask.kvs;
    return {};
  }
  broken = ask.broken === true;
  now = ask.now;
  const result = await handler(eventOf(ask));
  return result.statusCode
    ? { status: result.statusCode, headers: result.headers, body: result.body.data }
    : { status: 0, uri: result.uri, headers: result.headers };
}

async function main() {
  const handler = load(path.join(__dirname, '..', 'function.js'));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(handler, JSON.parse(line))) + '\n');
  }
}

main();
