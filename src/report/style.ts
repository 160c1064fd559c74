/** Colours of lines and of classes on a light ground. */
const lightColours = `--series-1:#0067a3;--series-2:#c8500a;--series-3:#00795a;--series-4:#a8458a;--series-5:#7a6200;--series-6:#4a4fc4;--series-7:#b3261e;--series-8:#4d5a66;
--class-1:#b9c1cc;--class-2:#8fb2d1;--class-3:#4f93c7;--class-4:#1a6aa8;--class-5:#d1490b`;

const plotStyle =
  '.plot{display:block;height:auto;max-width:100%;font-size:11px;fill:var(--text);color:var(--text);overflow:visible}.plot text,.plot tspan{white-space:pre}';

/** Style of an SVG file of plots, which has no page around it. */
export const svgFileStyle = `:root{--text:#1c1f24;${lightColours}}svg{font-family:system-ui,sans-serif}${plotStyle}`;

/** The page's style: light by default, dark if the reader prefers it, black on white in print. */
export const style = `
:root{color-scheme:light dark;--page:#fff;--text:#1c1f24;--soft:#5b6370;--line:#d8dce2;--panel:#f5f6f8;--accent:#0067a3;
${lightColours}}
@media (prefers-color-scheme:dark){:root{--page:#15181d;--text:#e7e9ed;--soft:#a2aab6;--line:#363c46;--panel:#1e232a;--accent:#6cb8ee;
--series-1:#6cb8ee;--series-2:#ff9a5a;--series-3:#45d3a4;--series-4:#e795cb;--series-5:#e2c44b;--series-6:#a9adff;--series-7:#ff8b82;--series-8:#b4c0cc;
--class-1:#4a5361;--class-2:#51708f;--class-3:#5393c4;--class-4:#7cc4f5;--class-5:#ff9a5a}}
@media print{:root{color-scheme:light;--page:#fff;--text:#000;--soft:#444;--line:#bbb;--panel:#fff;--accent:#004f7d;
${lightColours}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:84rem;padding:2rem 1.25rem 4rem;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.25rem;margin:2.75rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}h3{font-size:1.05rem;margin:0 0 .25rem}
p{margin:.5rem 0}small{color:var(--soft);font-size:.8em;font-weight:400}.soft,figcaption,.notes{color:var(--soft);font-size:.875rem}
.answer{background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:4px;padding:.75rem 1rem;margin:1rem 0}
.nothing{color:var(--soft);font-style:italic}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0;font-size:.9375rem}dt{color:var(--soft)}dd{margin:0}
.scroll{overflow-x:auto;max-width:100%}.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}caption{caption-side:top;text-align:left;color:var(--soft);padding-bottom:.35rem}
th,td{padding:.35rem .6rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}thead th{vertical-align:bottom;font-weight:600}
th[scope=row],thead tr:first-child th:first-child{text-align:left;font-weight:600}th[scope=colgroup]{text-align:center}th small{display:block}td small{display:block}
.methods thead th{white-space:normal}.methods{font-size:.8125rem}.methods th,.methods td{padding-left:.35rem;padding-right:.35rem}.methods th[scope=row]{min-width:8.5rem;white-space:normal}.methods tr.published th,.methods tr.published td{color:var(--soft);font-weight:400;font-style:italic;padding-top:.1rem}
.methods tbody tr:has(+tr.published) th,.methods tbody tr:has(+tr.published) td{border-bottom:0;padding-bottom:.1rem}.methods tr.published th{padding-left:1.4rem}
.methods tfoot th,.methods tfoot td{border-bottom:0;color:var(--soft)}.leaders td:nth-child(2),.leaders th:nth-child(2),th.text,td.text{text-align:left}td.text{white-space:normal;min-width:24rem}
.state,.badge{display:inline-block;font-size:.75rem;font-weight:600;padding:0 .45rem;border-radius:999px;border:1px solid currentColor}.badge{color:var(--accent);vertical-align:middle}.state{color:var(--soft)}
.notes{margin:.75rem 0 0;padding-left:1.1rem}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 .5rem;padding:0;font-size:.875rem}.key{vertical-align:middle;margin-right:.4rem}
figure{margin:0 0 1rem}figcaption{margin-top:.35rem;max-width:60rem}
${plotStyle}.wide .plot{min-width:60rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem 2rem}
.finalist{border:1px solid var(--line);border-radius:6px;padding:1rem;margin:0 0 1.25rem}.measured{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:1rem 3rem;align-items:start;margin-top:.75rem}.measured figure{max-width:30rem;margin:0}.tables{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:1rem 3rem}
.counts td{background:color-mix(in srgb,var(--accent) calc(var(--share)*70%),transparent);min-width:6rem}
.key-1{color:var(--series-1)}.key-2{color:var(--series-2)}
@media (max-width:56rem){.measured{grid-template-columns:minmax(0,1fr)}}
@media (max-width:40rem){body{padding:1.25rem .9rem 3rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}.measured>*{max-width:100%;overflow-x:auto}th,td{padding:.3rem .4rem}.metrics th,.metrics td,.counts th{white-space:normal}.counts td{min-width:0}.pair .plot,.measured .plot{font-size:15px}}
@media print{@page{size:A4 landscape;margin:12mm}body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}figure,table,.finalist,.answer{break-inside:avoid}.scroll{overflow:visible}table{font-size:8pt}.methods{font-size:7pt}th,td,.methods th,.methods td{padding:.15rem .3rem}.wide .plot{min-width:0}.measured{grid-template-columns:max-content minmax(0,1fr);gap:.5rem 2rem}.measured figure{max-width:22rem}.counts td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
