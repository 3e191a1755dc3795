/** Styles of pages beyond those of a report: the top bar, forms, lists, messages. */
export const pageStyle = `
.bar { background: var(--paper); border-bottom: 1px solid var(--line); }
.bar > div { max-width: 76rem; margin: 0 auto; padding: .6rem 1.75rem; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; align-items: center; }
.bar nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin-left: auto; align-items: center; font-size: .92rem; }
.brand { display: inline-flex; gap: .5rem; align-items: center; font-weight: 700; color: var(--ink); text-decoration: none; letter-spacing: -.01em; }
.brand svg { width: 1.35rem; height: 1.35rem; flex: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; background: var(--paper); padding: .5rem .8rem; z-index: 9; }
.crumbs { max-width: 76rem; margin: 1.1rem auto 0; padding: 0 1.75rem; font-size: .92rem; color: var(--quiet); }
.crumbs ol { display: flex; flex-wrap: wrap; gap: .2rem .5rem; list-style: none; margin: 0; padding: 0; }
.crumbs li + li::before { content: "/"; margin-right: .5rem; color: var(--quiet); }
.wrap { max-width: 76rem; margin: 1.75rem auto; padding: 0 1.75rem; }
.wrap > h1 { margin-bottom: .3rem; }
.lead { color: var(--quiet); max-width: 46rem; margin: .2rem 0 1.3rem; }
.wrap .sheet { padding: .4rem 1rem 1rem; }
.picker { max-width: 76rem; margin: 1rem auto 0; padding: 0 1.75rem; }
.picker form, .search { display: flex; flex-wrap: wrap; gap: .7rem 1rem; align-items: end; }
.picker .periods { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; padding: 0; margin: .7rem 0 0; list-style: none; font-size: .92rem; }
.reports ul { display: flex; flex-wrap: wrap; gap: .35rem 1.5rem; padding: .6rem 0 0; margin: .7rem 0 0; list-style: none; font-size: .92rem; border-top: 1px solid var(--line); }
.reports li { display: flex; gap: .55rem; align-items: baseline; white-space: nowrap; }
.reports b { font-weight: 600; }
.periods [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.field { display: grid; gap: .2rem; font-size: .88rem; color: var(--quiet); min-width: 0; }
.check { display: flex; gap: .45rem; align-items: center; min-height: 2.5rem; font-size: .92rem; }
.check input { width: 1.1rem; height: 1.1rem; accent-color: var(--accent); }
input[type=date], input[type=search], input[type=text], select { font: inherit; font-size: 1rem; color: var(--ink); background: var(--paper);
  border: 1px solid var(--quiet); border-radius: 6px; padding: .4rem .6rem; min-height: 2.5rem; max-width: 100%; }
button, .button { font: inherit; font-weight: 600; color: var(--paper); background: var(--accent); border: 1px solid var(--accent);
  border-radius: 6px; padding: .4rem 1.1rem; min-height: 2.5rem; cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; }
button.plain { background: none; border: 0; color: var(--accent); font-weight: 400; padding: 0; min-height: 0; text-decoration: underline; text-underline-offset: .18em; }
.message { border: 1px solid var(--warn-line); background: var(--warn); color: var(--warn-ink); border-radius: 8px; padding: .7rem 1rem; margin: 0 0 1rem; }
.message p, .message ul { margin: .1rem 0; }
.demo form { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; margin: .7rem 0; }
.demo form span { color: var(--quiet); }
.books { list-style: none; margin: 0; padding: 0; }
.books > li { display: grid; grid-template-columns: minmax(0, 2.4fr) repeat(3, minmax(0, 1fr)); gap: .15rem 1.2rem; padding: .85rem .25rem; border-bottom: 1px solid var(--line); align-items: baseline; }
.books > li:last-child { border-bottom: 0; }
.books h2 { font-size: 1.08rem; margin: 0; }
.books .number { display: block; color: var(--quiet); font-size: .9rem; font-weight: 400; font-variant-numeric: tabular-nums; }
.books .fact { font-variant-numeric: tabular-nums; font-size: .94rem; }
.books .fact small { display: block; color: var(--quiet); font-size: .8rem; }
.pages { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; padding: .9rem 0 0; margin: 0; list-style: none; font-size: .95rem; }
.pages .here { color: var(--quiet); margin-left: auto; }
.trail { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .8rem 1.4rem; margin: 0 0 1.2rem; }
.trail dt { color: var(--quiet); font-size: .82rem; }
.trail dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.sub { display: block; color: var(--quiet); font-size: .86rem; overflow-wrap: anywhere; }
.text { overflow-wrap: anywhere; }
.lines th[scope=row] { white-space: nowrap; }
.lines tr.carried > * { color: var(--quiet); font-style: italic; }
section.part { margin-top: 1.6rem; }
section.part h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
.files { list-style: none; padding: 0; margin: 0; }
.files li { padding: .4rem 0; border-bottom: 1px solid var(--line); }
.mails { list-style: none; padding: 0; margin: 0; }
.mails summary { cursor: pointer; padding: .5rem .25rem; }
.mails pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--band); border-radius: 6px; padding: .8rem; margin: 0 0 .8rem; font-size: .88rem; }
.demo { border-left: 3px solid var(--accent); padding: .1rem 0 .1rem 1rem; margin: 1.3rem 0; }
code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", Consolas, monospace; font-size: .92em; background: var(--band); padding: .05em .3em; border-radius: 4px; }
@media (max-width: 46rem) {
  .bar > div, .crumbs, .picker, .wrap { padding-left: .9rem; padding-right: .9rem; }
  .wrap { margin-top: 1.1rem; }
  .wrap .sheet { padding: .1rem .7rem .8rem; }
  .books > li { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .35rem .8rem; }
  .books > li > :first-child { grid-column: 1 / -1; }
  .picker form { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .6rem .8rem; }
  .picker input[type=date], .picker select { width: 100%; min-width: 0; padding-left: .4rem; padding-right: .3rem; }
  .picker .check, .picker button { align-self: end; }
  .picker button { justify-content: center; grid-column: 1 / -1; }
  .report { margin-top: .9rem; border-top: 1px solid var(--line); }
  .figures.lines .text { grid-column: 1 / -1; }
  .figures.lines td[data-label]:not(.amount):not(.text) { display: flex; gap: .5rem; font-size: .9rem; }
  .figures.lines td[data-label]:not(.amount):not(.text)::before { content: attr(data-label); color: var(--quiet); font-size: .78rem; }
  .figures td.none, .figures.lines td.none[data-label].none { display: none; }
  .trail { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .6rem .8rem; }
}
@media print {
  .wrap { max-width: none; margin: 0; padding: 0; }
}
`;
