// Admits requests at the edge: CloudFront Function, runtime 2.0, on every viewer request. The rules
// are those of docs/http.md, sections 1 and 6, and of dev.graft.auth.Admission: the vectors of auth/
// hold both to the same answers. Nothing here is decoded or forgiven, and what fails is refused.
import cf from 'cloudfront';
const crypto = require('crypto');

// Holds key/ID -> a key's secret (base 64); tok-... of revoked tokens and vol-... of deleted volumes.
const kvs = cf.kvs();

const ID = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const PLAIN = /^\/v1\/(volumes|tokens|tokens\/revoke)$/;
const CALL = new RegExp('^/v1/volumes/(vol-' + ID + ')/(info|changes|log|state|uploads|uploads/seg-'
  + ID + '|commits|fork|retain|waiting|delete)$');
const RANGE = new RegExp('^/v1/volumes/(vol-' + ID + ')/(?:segments/seg-' + ID + '|log/([0-9a-f]{16}))$');
const MAX_PATH = 82;
const ACTIONS = ['read', 'write', 'fork', 'admin'];
const ACTION = {
  info: 'read', changes: 'read', log: 'read', state: 'read', uploads: 'write', commits: 'write',
  fork: 'fork', retain: 'admin', waiting: 'admin', delete: 'admin'
};

const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;
const HEADER = /^\{"alg":"HS256","kid":"([A-Za-z0-9_-]{1,64})","typ":"JWT"\}$/;
const TOKEN_ID = new RegExp('^tok-' + ID + '$');
const VOLUME_ID = new RegExp('^vol-' + ID + '$');
const LSN = /^(?:0|[1-9][0-9]{0,19})$/;
const LABEL = /^[ !#-\[\]-~]{1,64}$/;
const MAX_TOKEN = 4096;
const MAX_SECONDS = 253402300799;
const MAX_LIFE = 400 * 86400;
const SKEW = 60;

const TITLE = {
  401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 410: 'Gone',
  503: 'Service Unavailable'
};
const CODE = {
  401: 'unauthorized', 403: 'unauthorized', 404: 'not-found', 405: 'misuse', 410: 'gone',
  503: 'unavailable'
};

// One title for one type, as the functions and dev.graft.http.Problem have them.
const MEANING = {
  unauthorized: 'the token does not admit this', 'not-found': 'there is no such thing',
  misuse: 'the request breaks a rule', gone: 'this was given up', unavailable: 'not now'
};

async function handler(event) {
  const request = event.request;
  try {
    const asked = route(request);
    const token = await prove(request.headers['graft-token']);
    await notRevoked(token, asked);
    admit(token, asked);
    if (asked.range) {
      // An object lies in the store under its path without /v1, and the store needs no token.
      request.uri = request.uri.slice(3);
      delete request.headers['graft-token'];
    }
    return request;
  } catch (e) {
    return answer(request, e && e.refused ? e : refusal(503, 'the token could not be checked: try again'));
  }
}

function refusal(status, detail) {
  return { refused: true, status: status, detail: detail };
}

// The route of a request: what it does, to which volume, and of a range of the log which LSN.
function route(request) {
  const path = request.uri;
  if (path.length <= MAX_PATH && Object.keys(request.querystring).length === 0) {
    if (PLAIN.test(path)) {
      return allow(request, ['POST'], { action: 'admin', volume: null });
    }
    const call = CALL.exec(path);
    if (call) {
      const name = call[2].split('/')[0];
      return allow(request, ['POST'], { action: ACTION[name], volume: call[1], deletes: name === 'delete' });
    }
    const range = RANGE.exec(path);
    if (range) {
      return allow(request, ['GET', 'HEAD'], { action: 'read', volume: range[1], range: true, lsn: range[2] });
    }
  }
  throw refusal(404, 'no such path: see docs/http.md for those that are');
}

function allow(request, methods, asked) {
  if (methods.indexOf(request.method) < 0) {
    const wrong = refusal(405, 'this path is asked by ' + methods.join(' or '));
    wrong.allow = methods.join(', ');
    throw wrong;
  }
  return asked;
}

// (The runtime takes 'await' where a value is named, and not within expressions.)
// The claims of a token that a key signed, in their one text and at their time.
async function prove(header) {
  if (!header || !header.value) {
    throw refusal(401, 'this needs a token: send one in the header graft-token');
  }
  const text = header.value;
  if (header.multiValue || text.length > MAX_TOKEN || !TOKEN.test(text)) {
    throw malformed();
  }
  const parts = text.split('.');
  const key = HEADER.exec(decode(parts[0]));
  if (!key) {
    throw malformed();
  }
  const name = 'key/' + key[1];
  const known = await kvs.exists(name);
  if (!known) {
    throw foreign();
  }
  const stored = await kvs.get(name);
  const secret = Buffer.from(stored, 'base64');
  if (secret.length < 32) {
    throw new Error('a key without a secret');
  }
  const hmac = crypto.createHmac('sha256', secret).update(parts[0] + '.' + parts[1]);
  if (!same(hmac.digest('base64url'), parts[2])) {
    throw foreign();
  }
  const token = claims(decode(parts[1]));
  const now = Date.now();
  if (now >= (token.exp + SKEW) * 1000) {
    throw refusal(401, 'the token has ended: get a new one');
  }
  if (now < (token.iat - SKEW) * 1000) {
    throw refusal(401, 'the token begins later: set the clocks');
  }
  return token;
}

function malformed() {
  return refusal(401, "the token is none of ours: make one with 'graft token make'");
}

function foreign() {
  return refusal(401, 'the token is not signed by a key of this ring: it is forged, or its key is removed');
}

// Base 64 in its one form, as text in its one form.
function decode(part) {
  const text = Buffer.from(part, 'base64url').toString();
  if (Buffer.from(text).toString('base64url') !== part) {
    throw malformed();
  }
  return text;
}

// Takes the same time wherever two texts of one length differ.
function same(one, other) {
  let differ = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) {
    differ |= one.charCodeAt(i) ^ other.charCodeAt(i);
  }
  return differ === 0;
}

function claims(text) {
  let c = null;
  let again = '';
  try {
    c = JSON.parse(text);
    // Members that are not known, twice, or elsewhere, and spaces and escapes, are lost here.
    again = JSON.stringify({ jti: c.jti, iat: c.iat, exp: c.exp, vol: c.vol, act: c.act, anc: c.anc, sub: c.sub, via: c.via });
  } catch (e) {
    throw malformed();
  }
  const good = again === text && is(TOKEN_ID, c.jti) && isTime(c.iat) && isTime(c.exp)
    && c.iat < c.exp && c.exp - c.iat <= MAX_LIFE && (c.vol === '*' || is(VOLUME_ID, c.vol))
    && isActions(c.act) && (c.anc === undefined || (c.vol !== '*' && isAncestors(c.anc)))
    && (c.sub === undefined || is(LABEL, c.sub)) && (c.via === undefined || isVia(c.via));
  if (!good) {
    throw malformed();
  }
  return c;
}

function is(form, value) {
  return typeof value === 'string' && form.test(value);
}

function isTime(value) {
  return typeof value === 'number' && value >= 0 && value <= MAX_SECONDS && Math.floor(value) === value;
}

function isActions(list) {
  return Array.isArray(list) && list.length > 0
    && JSON.stringify(ACTIONS.filter(a => list.indexOf(a) >= 0)) === JSON.stringify(list);
}

function isAncestors(list) {
  return Array.isArray(list) && list.length > 0 && list.length <= 16
    && list.every(a => Array.isArray(a) && a.length === 2 && is(VOLUME_ID, a[0]) && is(LSN, a[1])
      && halves(a[1])[0] < 4294967296);
}

function isVia(list) {
  return Array.isArray(list) && list.length > 0 && list.length <= 16 && list.every(t => is(TOKEN_ID, t));
}

async function notRevoked(token, asked) {
  const ids = (token.via || []).concat(token.jti);
  for (let i = 0; i < ids.length; i++) {
    const revoked = await kvs.exists(ids[i]);
    if (revoked) {
      throw refusal(401, 'token ' + ids[i] + ' was revoked');
    }
  }
  // '*' is no key. A delete whose answer was lost is asked again, with a token that it ended.
  const deleted = await kvs.exists(token.vol);
  if (deleted && !asked.deletes) {
    throw refusal(410, 'volume ' + token.vol + ' was deleted');
  }
}

function admit(token, asked) {
  if (token.act.indexOf(asked.action) < 0) {
    throw refusal(403, 'token ' + token.jti + ' does not allow to ' + asked.action);
  }
  const admitted = token.vol === '*' || token.vol === asked.volume
    || (asked.range && (token.anc || []).some(a => a[0] === asked.volume && reaches(a[1], asked.lsn)));
  if (!admitted) {
    throw refusal(403, 'token ' + token.jti + ' is for ' + token.vol + ' and not for this');
  }
}

// Whether an ancestor's highest LSN admits this one: any segment, and the log up to there.
function reaches(highest, complement) {
  if (complement === undefined) {
    return true;
  }
  const high = halves(highest);
  const top = 4294967295 - parseInt(complement.slice(0, 8), 16);
  const bottom = 4294967295 - parseInt(complement.slice(8), 16);
  return top < high[0] || (top === high[0] && bottom <= high[1]);
}

// A decimal number of 64 bits as two of 32: numbers here are exact to 53 bits.
function halves(digits) {
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < digits.length; i++) {
    bottom = bottom * 10 + (digits.charCodeAt(i) - 48);
    const carry = Math.floor(bottom / 4294967296);
    bottom -= carry * 4294967296;
    top = top * 10 + carry;
  }
  return [top, bottom];
}

function answer(request, refused) {
  const headers = {
    'content-type': { value: 'application/problem+json' },
    'cache-control': { value: 'no-store' },
    'graft-time': { value: new Date(Date.now()).toISOString() }
  };
  if (refused.allow) {
    headers.allow = { value: refused.allow };
  }
  if (refused.status === 503) {
    headers['retry-after'] = { value: '1' };
  }
  const name = request.headers['graft-request'];
  if (name && is(/^[A-Za-z0-9-]{1,64}$/, name.value)) {
    headers['graft-request'] = { value: name.value };
  }
  const problem = {
    type: 'urn:graft:' + CODE[refused.status], title: MEANING[CODE[refused.status]], status: refused.status,
    detail: refused.detail, code: CODE[refused.status]
  };
  if (refused.status === 503) {
    problem.retryAfter = 1;
  }
  return {
    statusCode: refused.status, statusDescription: TITLE[refused.status], headers: headers,
    body: { encoding: 'text', data: JSON.stringify(problem) }
  };
}
