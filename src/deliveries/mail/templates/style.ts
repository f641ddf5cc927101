/**
 * How the HTML mails look. Every rule stands in the element's own `style`, for mail programs that
 * drop the style sheet; the style sheet only adds dark colours and less padding on phones.
 *
 * Contrast of text on its background is at least 7:1 in both colour schemes (WCAG 2.2, AAA).
 */

const SANS = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO = 'Menlo,Consolas,monospace';

/** The class of an element with its rules in light colours. */
export const STYLES = {
  page: `margin:0;padding:0;background:#f3f4f6;color:#1b2430;font:16px/1.5 ${SANS};-webkit-text-size-adjust:100%;`,
  card: 'box-sizing:border-box;max-width:600px;margin:0 auto;padding:32px;background:#ffffff;color:#1b2430;',
  title: 'margin:0 0 20px;font-size:26px;line-height:1.25;font-weight:700;word-wrap:break-word;',
  heading: 'margin:32px 0 12px;font-size:20px;line-height:1.3;font-weight:700;',
  text: 'margin:0 0 12px;',
  table: 'width:100%;margin:20px 0;border-collapse:collapse;',
  label:
    'width:36%;padding:9px 12px 9px 0;border-bottom:1px solid #d9dde3;text-align:left;vertical-align:top;font-weight:400;color:#4a5462;',
  value:
    'padding:9px 0;border-bottom:1px solid #d9dde3;text-align:left;vertical-align:top;word-wrap:break-word;overflow-wrap:anywhere;',
  name: `font-family:${MONO};font-size:16px;word-wrap:break-word;overflow-wrap:anywhere;`,
  code: `margin:0 0 12px;padding:12px 10px;border-radius:6px;background:#eef0f3;color:#1b2430;font:16px/1.45 ${MONO};white-space:pre-wrap;word-wrap:break-word;overflow-wrap:anywhere;`,
  token: `margin:0 0 12px;padding:12px 10px;border-radius:6px;background:#eef0f3;color:#1b2430;font:16px/1.45 ${MONO};white-space:pre-wrap;word-break:break-all;`,
  steps: 'margin:0 0 12px;padding:0 0 0 26px;',
  step: 'margin:0 0 16px;padding:0 0 0 4px;',
  list: 'margin:0;padding:0 0 0 22px;',
  item: 'margin:0 0 6px;',
  quotation:
    'margin:0 0 12px;padding:2px 0 2px 16px;border-left:4px solid #b6bec9;white-space:pre-wrap;word-wrap:break-word;overflow-wrap:anywhere;',
  deadline:
    'margin:0 0 20px;padding:16px 18px 4px;border-left:4px solid #1f5fbf;border-radius:4px;background:#e9f1fc;color:#10243f;',
  done: 'margin:0 0 20px;padding:16px 18px 4px;border-left:4px solid #1c7a43;border-radius:4px;background:#e8f5ec;color:#0f2f1c;',
  caution:
    'margin:32px 0 0;padding:16px 18px 12px;border-left:4px solid #b25e00;border-radius:4px;background:#fdf2e3;color:#3d2200;',
  footer: 'margin:24px 0 0;color:#4a5462;',
} as const;

export type StyleName = keyof typeof STYLES;

/** The style sheet; `!important`, because it must win over the elements' own rules. */
export const STYLE_SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
.caution .heading{margin-top:0!important}
@media (max-width:480px){.card{padding:20px 14px!important}.title{font-size:23px!important}}
@media (prefers-color-scheme:dark){
.page{background:#0e1116!important;color:#e6e9ee!important}
.card{background:#171b21!important;color:#e6e9ee!important}
.label,.footer{color:#b3bbc6!important}
.label,.value{border-color:#343b45!important}
.code,.token{background:#232932!important;color:#e6e9ee!important}
.quotation{border-color:#56606d!important}
.deadline{background:#14263f!important;color:#dbe8fb!important;border-color:#6ea8f7!important}
.done{background:#12301f!important;color:#d6f2e0!important;border-color:#57c285!important}
.caution{background:#33240f!important;color:#fbe7cb!important;border-color:#f0a44a!important}
}`;
