import { describe, expect, it } from 'vitest';
import { bar, fitted, hanging, minutes, wrap } from '../../../cli/demo/words.ts';

describe('a split as a bar', () => {
  it.each([
    [0, '##########'],
    [1, '#########-'],
    [30, '#######---'],
    [50, '#####-----'],
    [99, '#---------'],
    [100, '----------'],
  ])('with %i %% for the canary shows each side that has traffic', (canary, drawn) => {
    expect(bar(canary, 10, ['#', '-'])).toBe(drawn);
  });
});

describe('lines', () => {
  it('are broken at spaces, and words that are too long within', () => {
    expect(wrap('all traffic is on the primary', 12)).toEqual(['all traffic', 'is on the', 'primary']);
    expect(wrap('abcdefgh ij', 3)).toEqual(['abc', 'def', 'gh', 'ij']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('hang below the first one', () => {
    expect(hanging('0:07  ', 'two words', 11)).toEqual(['0:07  two', '      words']);
  });

  it('are cut with an ellipsis only where something is lost', () => {
    expect([fitted('abcd', 4), fitted('abcde', 4)]).toEqual(['abcd', 'abc…']);
  });

  it('say seconds as minutes', () => {
    expect([minutes(0), minutes(67.9), minutes(3600)]).toEqual(['0:00', '1:07', '60:00']);
  });
});
