import { describe, expect, it } from '@jest/globals';
import {
  STYLE_SHEET,
  STYLES,
  type StyleName,
} from '../../../../src/deliveries/mail/templates/style.ts';

const PARTS: readonly [part: StyleName, on: StyleName][] = [
  ['card', 'card'],
  ['label', 'card'],
  ['footer', 'card'],
  ['code', 'code'],
  ['token', 'token'],
  ['deadline', 'deadline'],
  ['done', 'done'],
  ['caution', 'caution'],
];

const property = (rules: string, name: string): string | undefined =>
  new RegExp(`(?:^|[;{])${name}:(#[0-9a-f]{6})`).exec(rules)?.[1];

/** The rules of the style sheet's dark part that hold for an element. */
function darkRules(name: StyleName): string {
  const dark = STYLE_SHEET.slice(STYLE_SHEET.indexOf('prefers-color-scheme:dark'));
  const rules = dark
    .split('\n')
    .filter((line) => line.split('{')[0]?.split(',').includes(`.${name}`));
  return rules.map((rule) => rule.slice(rule.indexOf('{'))).join(';');
}

/** Contrast as WCAG 2.2 defines it. */
function contrast(one = '#000000', other = '#000000'): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the colours of the mails', () => {
  it.each(PARTS)('can be read well, in light and in dark: %s on %s', (part, on) => {
    const light = contrast(property(STYLES[part], 'color'), property(STYLES[on], 'background'));
    const dark = contrast(
      property(darkRules(part), 'color'),
      property(darkRules(on), 'background'),
    );
    expect(light).toBeGreaterThanOrEqual(7);
    expect(dark).toBeGreaterThanOrEqual(7);
  });

  it('has no text below 16 pixels', () => {
    const sizes = [
      ...(Object.values(STYLES).join(';') + STYLE_SHEET).matchAll(/(?:font|font-size):(\d+)px/g),
    ];
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.every(([, size]) => Number(size) >= 16)).toBe(true);
  });
});
