import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inParentheses } from '../../src/build/compileAhead.ts';

/** Where a part of the code is. */
const at = (code: string, part: string): string => `${code.indexOf(part)}-${code.indexOf(part) + part.length}`;
const of = (code: string, ...parts: string[]): string => inParentheses(code, new Set(parts.map((part) => at(code, part))));

test.each<[string, string[], string]>([
  ['const a=e=>e,b=e=>-e;', ['e=>e'], 'const a=(e=>e),b=e=>-e;'],
  ['const a=e=>t=>e+t;', ['e=>t=>e+t', 't=>e+t'], 'const a=(e=>(t=>e+t));'],
  [
    'f(async()=>{},function(){return()=>1});',
    ['async()=>{}', 'function(){return()=>1}', '()=>1'],
    'f((async()=>{}),(function(){return(()=>1)}));',
  ],
  ['a();function a(){return b()}function b(){}', ['function b(){}'], 'var b=(function(){});a();function a(){return b()}'],
  ['a();async function a(e){return()=>e}', ['async function a(e){return()=>e}', '()=>e'], 'var a=(async function(e){return(()=>e)});a();'],
  ['#!/usr/bin/env node\nfunction*a(){}a();', ['function*a(){}'], '#!/usr/bin/env node\nvar a=(function*(){});a();'],
  [
    'const a={b(e){return e},get c(){return 1}};class D{e(){}}',
    ['b(e){return e}', 'get c(){return 1}', 'e(){}'],
    'const a={b(e){return e},get c(){return 1}};class D{e(){}}',
  ],
  ['function a(){function b(){}b()}', ['function b(){}'], 'function a(){function b(){}b()}'],
])('of %s what ran is compiled with the file', (code, parts, expected) => {
  expect(of(code, ...parts)).toBe(expected);
});

test('what is built begins with what a start runs', () => {
  const [serve = ''] = globSync('dist/serve-*.js', { cwd: new URL('../../', import.meta.url).pathname });
  expect(readFileSync(new URL(`../../${serve}`, import.meta.url), 'utf8')).toMatch(/^(import[^;]+;)?var \w+=\((async )?function/);
});
