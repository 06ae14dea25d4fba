// The OpenAPI document that a running site serves, judged by a validator that knows the 3.1 schema.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'node:https';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Site } from './site.mjs';

let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

// The site's certificate is its own; what is asked for is public.
const get = (address) => new Promise((resolve, reject) => {
  request(address, { rejectUnauthorized: false }, (response) => {
    let body = '';
    response.on('data', (part) => { body += part; });
    response.on('end', () => resolve({ status: response.statusCode, body }));
  }).on('error', reject).end();
});

test('the document is OpenAPI 3.1 to the letter', async () => {
  const { status, body } = await get(`${site.url}/api/openapi.json`);
  assert.equal(status, 200);
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(body));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.1');
});

test('the validator is one that finds faults', async () => {
  const { body } = await get(`${site.url}/api/openapi.json`);
  const broken = JSON.parse(body);
  broken.paths['/api/health'].get.responses = { 999: { content: 'none' } };
  assert.equal((await new Validator().validate(broken)).valid, false);
});
