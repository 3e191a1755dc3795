export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ground: #f6f5f1; --ink: #1c2422; --quiet: #55615e; --line: #d9d9d2; --accent: #0c5c53; --warn: #fdf1dd; --warn-ink: #6b4200; }
@media (prefers-color-scheme: dark) { :root { --paper: #1a211f; --ground: #121816; --ink: #e9efec; --quiet: #a5b2ae; --line: #34403c; --accent: #7cc9bd; --warn: #3a2c10; --warn-ink: #f6d9a4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; background: var(--paper); padding: .5rem .8rem; }
header, main, nav { max-width: 64rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.2rem; display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; }
header h1 { font-size: 1.5rem; margin: 0; flex: 1 1 auto; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: 0; margin: .6rem 0; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem 1rem; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .3rem; overflow-wrap: anywhere; }
.lead, .quiet { color: var(--quiet); } .lead { margin: .2rem 0 .6rem; flex-basis: 100%; }
form { display: flex; flex-wrap: wrap; gap: .6rem .9rem; align-items: end; margin: .5rem 0; }
label { display: grid; gap: .15rem; font-size: .88rem; color: var(--quiet); min-width: 0; }
label.check { display: flex; align-items: center; gap: .4rem; min-height: 2.5rem; }
label.wide { flex: 1 1 20rem; }
input, select, textarea { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--quiet); border-radius: 6px; padding: .35rem .55rem; min-height: 2.5rem; max-width: 100%; }
input[type=checkbox] { min-height: 0; width: 1.1rem; height: 1.1rem; }
textarea { width: 100%; font-family: ui-monospace, monospace; font-size: .9rem; }
button { font: inherit; font-weight: 600; color: var(--paper); background: var(--accent); border: 1px solid var(--accent); border-radius: 6px; padding: .35rem 1rem; min-height: 2.5rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.party { border-top: 1px solid var(--line); } .party:first-of-type { border-top: 0; }
details { margin: .3rem 0; } summary { cursor: pointer; padding: .3rem 0; color: var(--accent); }
.message { background: var(--warn); color: var(--warn-ink); border-radius: 8px; padding: .6rem 1rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
ul.list, ol.list { list-style: none; padding: 0; margin: 0; } .list li { border-top: 1px solid var(--line); padding: .4rem 0; overflow-wrap: anywhere; }
.list form { display: inline-flex; margin: 0 0 0 .6rem; } .list button { min-height: 2rem; padding: .1rem .7rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .88rem; overflow-wrap: anywhere; } pre { white-space: pre-wrap; background: var(--ground); padding: .8rem; border-radius: 6px; }
@media (max-width: 40rem) { form label, form button { flex: 1 1 100%; } form input:not([type=checkbox]), form select { width: 100%; } .list form label, .list form button { flex: 0 1 auto; } }
`;
