import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDoubledKeys } from '../../../connectors/mapping-files/find-doubled-keys.ts';

describe('findDoubledKeys', () => {
  it.each([
    ['{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}', []],
    ['{"a": 1, "a": 2}', ['a']],
    ['{"a": {"b": 1, "c": {}, "b": 2}}', ['a.b']],
    ['{"list": [{"x": 1}, {"x": {"y": 1}, "x": 2}]}', ['list[1].x']],
    ['[[{"a": 1}], [{"b": 1, "b": 2}]]', ['[1][0].b']],
    ['{"a": "\\"b\\": {", "c": "a,a:a"}', []],
    ['{"a": 1, "\\u0061": 2}', ['a']],
  ])('finds them in %s', (text, paths) => {
    expect(findDoubledKeys(text)).toEqual(paths);
  });

  it('finds none in what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(findDoubledKeys(JSON.stringify(value))).toEqual([]);
      }),
    );
  });
});
