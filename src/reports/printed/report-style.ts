/** Colours, type and tables of every page and printed report. Both themes meet WCAG AA contrast. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ground: #f5f6f4; --ink: #1c2526; --quiet: #55605f; --line: #d9dedb; --band: #eef2ef;
  --accent: #0c5c53; --warn-ink: #7a3b00; --warn: #fdf1e1; --warn-line: #e8b878;
  --sans: "Inter", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171d1d; --ground: #101515; --ink: #e6ebe8; --quiet: #a3b0ac; --line: #303a38; --band: #1f2827;
    --accent: #7fd1c2; --warn-ink: #ffd9a8; --warn: #33261a; --warn-line: #6d4d27;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 var(--sans); }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .06em; }
a:hover { text-decoration-thickness: .14em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { font-size: 1.7rem; margin: 0; letter-spacing: -.01em; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.sheet { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.report { width: calc(100% - 3.5rem); max-width: 72.5rem; margin: 1.5rem auto; padding: 1.75rem 1.75rem 1.25rem; }
.report-head { display: flex; flex-wrap: wrap; gap: .35rem 2rem; justify-content: space-between; align-items: end; margin-bottom: 1.1rem; }
.report-head p { margin: .15rem 0 0; color: var(--quiet); }
.report-head .subject { color: var(--ink); font-weight: 600; }
.facts { margin: 0; display: grid; grid-template-columns: auto auto; gap: 0 .8rem; font-size: .9rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.mark { display: inline-block; padding: .2rem .65rem; border: 1px solid var(--warn-line); border-radius: 99px;
  background: var(--warn); color: var(--warn-ink); font-size: .85rem; font-weight: 600; }
.report-marks { display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin: 0 0 1rem; align-items: center; }
.report-marks p { margin: 0; color: var(--quiet); font-size: .92rem; }
.empty { padding: 2.5rem 1rem; text-align: center; color: var(--quiet); border-top: 1px solid var(--line); }
.notes { margin: .9rem 0 0; color: var(--quiet); font-size: .88rem; }
.notes p { margin: .2rem 0; }
table { width: 100%; border-collapse: separate; border-spacing: 0; font-size: .94rem; }
th, td { padding: .36rem .7rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { position: sticky; top: 0; z-index: 2; background: var(--paper); color: var(--quiet); font-size: .82rem;
  font-weight: 600; border-bottom: 1.5px solid var(--quiet); vertical-align: bottom; padding-top: .7rem; }
.amount, .date { font-variant-numeric: tabular-nums lining-nums; white-space: nowrap; }
th.amount, td.amount, th.number, td.number { text-align: right; }
thead th.amount { white-space: normal; }
tbody tr:hover > * { background: var(--band); }
tr.group > * { font-weight: 600; }
tr.group.level-1 > * { background: var(--band); font-size: 1.02rem; padding-top: .65rem; padding-bottom: .55rem; }
tr.group.level-2 > * { padding-top: .7rem; }
tr.group.level-3 > * { font-weight: 550; color: var(--quiet); }
tr.part > *, tr.part a { color: var(--quiet); font-size: .9rem; }
tr.subtotal > * { font-weight: 600; border-top: 1px solid var(--quiet); }
tr.computed > * { font-style: italic; }
tr.computed.level-1 > * { font-style: normal; font-weight: 700; background: var(--band); padding-top: .6rem; padding-bottom: .6rem; }
td.amount.zero { color: var(--quiet); font-weight: 400; }
td.amount a { text-decoration-color: var(--line); }
td.amount a:hover { text-decoration-color: currentcolor; }
tr.total > * { font-weight: 700; border-top: 1.5px solid var(--ink); border-bottom: 3px double var(--ink); padding-top: .6rem; padding-bottom: .6rem; }
.name { display: flex; gap: .55rem; align-items: baseline; }
.name > span, .name > .label { min-width: 0; overflow-wrap: break-word; }
.level-2 .name { padding-left: .7rem; }
.level-3 .name { padding-left: 1.5rem; }
.level-4 .name { padding-left: 2.4rem; }
.level-5 .name { padding-left: 6.05rem; }
.code { flex: none; min-width: 3.1rem; font-variant-numeric: tabular-nums; }
.fold { display: inline-flex; gap: .5rem; align-items: baseline; cursor: pointer; }
.fold input { appearance: none; flex: none; width: 1rem; height: 1rem; margin: 0; cursor: pointer; color: inherit; position: relative; top: .12rem; }
.fold input::before { content: ""; position: absolute; left: .28rem; top: .16rem; width: .42rem; height: .42rem;
  border: solid currentcolor; border-width: 0 .11rem .11rem 0; transform: rotate(-45deg); }
.fold input:checked::before { transform: translateY(-.06rem) rotate(45deg); }
.account > th .fold { margin-left: auto; }
.scroll-hint { display: none; }
@media screen and (min-width: 46.01rem) {
  .report.wide { max-width: 112rem; }
  .wide .scroll { overflow: auto; max-height: calc(100vh - 1.5rem); border-bottom: 1px solid var(--line); }
  .wide table { font-size: .84rem; }
  .wide th, .wide td { padding-left: .5rem; padding-right: .5rem; background: var(--paper); }
  .wide th[scope=row], .wide thead th:first-child { position: sticky; left: 0; min-width: 15rem; max-width: 22rem; border-right: 1px solid var(--line); }
  .wide thead th:first-child { z-index: 3; }
  .wide th[scope=row], .wide td.sum { z-index: 1; }
  .wide td.sum, .wide thead th.sum { position: sticky; right: 0; border-left: 1px solid var(--line); }
  .wide thead th.sum { z-index: 3; }
  .scroll-hint { display: block; position: sticky; left: 0; width: fit-content; max-height: 0; margin: 0; overflow: hidden; color: var(--quiet); font-size: .88rem; }
}
@media screen and (min-width: 46.01rem) and (max-width: 64.01rem) {
  .report { width: calc(100% - 1.5rem); margin: .75rem auto; padding: 1.25rem 1rem; }
  .scroll { overflow: auto; max-height: calc(100vh - 1.5rem); }
  table { font-size: .84rem; }
  th, td { padding-left: .4rem; padding-right: .4rem; }
  .figures th[scope=row], .figures thead th:first-child { position: sticky; left: 0; min-width: 13rem; max-width: 17rem; }
  .figures td.sum, .figures thead th.sum { position: sticky; right: 0; }
  .figures th[scope=row], .figures td.sum { background: var(--paper); z-index: 1; }
  .figures thead th:first-child, .figures thead th.sum { z-index: 3; }
  .figures tr.group.level-1 > *, .figures tr.computed.level-1 > * { background: var(--band); }
}
/* A hint that stands there only while there is something to scroll to. */
@keyframes scroll-hint { from, to { max-height: 3rem; padding-bottom: .5rem; } }
@supports (animation-timeline: scroll()) {
  .scroll-hint { animation: scroll-hint linear both; animation-timeline: scroll(nearest inline); }
}
@supports not (animation-timeline: scroll()) {
  @media screen and (min-width: 46.01rem) and (max-width: 100rem) { .wide .scroll-hint { max-height: 3rem; padding-bottom: .5rem; } }
}
@media (max-width: 46rem) {
  .report { width: auto; margin: 0; padding: 1.1rem .9rem; border-width: 0; border-radius: 0; }
  h1, h2, h3 { text-wrap: wrap; }
  .figures, .figures tbody, .figures tfoot { display: block; }
  .figures thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .figures tr { display: grid; grid-template-columns: minmax(0, 1fr); gap: .1rem .8rem; border-bottom: 1px solid var(--line); padding: .45rem 0; }
  .figures th { grid-column: 1 / -1; }
  .figures th, .figures td, .figures tr.total > * { border: 0; padding: .1rem .25rem; }
  .figures td[data-label] { display: flex; justify-content: space-between; gap: .8rem; align-items: baseline; text-align: right; font-size: .92rem; }
  .figures td[data-label]::before { content: attr(data-label); flex: none; max-width: 55%; color: var(--quiet); font-weight: 400; font-size: .8rem;
    text-align: left; white-space: normal; overflow-wrap: anywhere; letter-spacing: normal; }
  .figures tr.group.level-1 { background: var(--band); margin-top: .5rem; border-radius: 6px; padding: .5rem .3rem; }
  .figures tr.group > *, .figures tr.computed > * { padding-top: .1rem; padding-bottom: .1rem; }
  .figures tr.total { border-top: 2px solid var(--ink); border-bottom: 3px double var(--ink); }
  .figures .level-2 .name { padding-left: .6rem; }
  .figures .level-3 .name { padding-left: 1.2rem; }
  .figures .level-4 .name { padding-left: 1.8rem; }
  .figures .level-5 .name { padding-left: 2.4rem; }
  .figures td.none { display: none; }
  .single .figures tr { grid-template-columns: minmax(0, 1fr) auto; align-items: baseline; }
  .single .figures th[scope=row] { grid-column: 1; }
  .single .figures td[data-label]::before { content: none; }
  .brief .figures tr { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .wide .figures td.zero { display: none; }
  .brief .figures td[data-label] { font-size: .84rem; }
  .facts { grid-template-columns: auto 1fr; }
  .facts dd { text-align: left; }
}
.print-head { display: none; }
@page { size: A4; margin: 16mm 14mm 18mm; }
@page nb { @bottom-right { content: "Side " counter(page) " av " counter(pages); font: 8pt sans-serif; color: #444; } }
@page en { @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #444; } }
@page nb-wide { size: A4 landscape; margin: 14mm 11mm 15mm;
  @bottom-right { content: "Side " counter(page) " av " counter(pages); font: 8pt sans-serif; color: #444; } }
@page en-wide { size: A4 landscape; margin: 14mm 11mm 15mm;
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #444; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --ground: #fff; --ink: #000; --quiet: #333; --line: #bbb; --band: #f0f0f0; --accent: #000;
    --warn: #fff; --warn-ink: #000; --warn-line: #000; }
  html:lang(nb) body { page: nb; }
  html:lang(en) body { page: en; }
  html:lang(nb) body:has(.report.wide) { page: nb-wide; }
  html:lang(en) body:has(.report.wide) { page: en-wide; }
  .wide table { font-size: 6pt; }
  .wide th, .wide td { padding: .7mm .6mm .7mm .9mm; }
  .wide .level-2 .name { padding-left: .4rem; }
  .wide .level-3 .name { padding-left: .8rem; }
  .wide .level-4 .name { padding-left: 1.2rem; }
  .wide .code { min-width: 2.2rem; }
  html { font-size: 9pt; }
  body { font-size: 9pt; background: #fff; }
  .screen { display: none !important; }
  .sheet, .report { border: 0; margin: 0; padding: 0; width: auto; max-width: none; }
  .report:has(.print-head) .report-head p, .report:has(.print-head) .facts { display: none; }
  .report-head { margin-bottom: 3mm; }
  h1 { font-size: 15pt; }
  a { text-decoration: none; }
  table { font-size: 8.5pt; }
  th, td { padding: 1.2mm 1.6mm; }
  thead { display: table-header-group; }
  thead th { position: static; }
  .print-head { display: table-row; }
  tr.group.level-1 > * { border-bottom-color: #000; }
  .print-head td { border-bottom: 0; color: #333; font-weight: 400; font-size: 8pt; }
  .print-head div { display: flex; justify-content: space-between; }
  tr { break-inside: avoid; }
  tr.group { break-after: avoid; }
  tr.total, tr.subtotal, tr.computed { break-before: avoid; }
  .fold input { display: none; }
}
`;
