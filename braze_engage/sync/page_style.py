"""How the debugger's page looks: light and dark, side by side or one below the other."""

from __future__ import annotations

from typing import Final

__all__ = ["STYLE"]

STYLE: Final = """
:root {
  color-scheme: light dark;
  --back: #f4f6f8; --card: #fff; --edge: #d5dce3; --ink: #1c2733; --soft: #5a6775;
  --key: #28506f; --string: #2f6a3a; --plain: #8a4410;
  --good: #0c5a2b; --good-back: #d8f0df; --bad: #8c1d1d; --bad-back: #fbdedb;
  --care: #6b4700; --care-back: #fdeec6; --quiet: #3d4a57; --quiet-back: #e3e8ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12181f; --card: #1b232c; --edge: #34404c; --ink: #e3e9ef; --soft: #9dabb9;
    --key: #8dc0e6; --string: #9bd3a6; --plain: #ebb17f;
    --good: #a5e5b8; --good-back: #163d25; --bad: #ffb8b0; --bad-back: #4f1d1b;
    --care: #f7d488; --care-back: #473609; --quiet: #c8d2dc; --quiet-back: #303b47;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem clamp(0.75rem, 2.5vw, 2rem) 2rem; background: var(--back);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere;
}
header, main, footer { max-width: 88rem; margin: 0 auto; }
h1 { margin: 0 0 0.35rem; font-size: 1.5rem; line-height: 1.25; }
h1::first-letter { text-transform: uppercase; }
h2 { margin: 0 0 0.6rem; font-size: 1.05rem; }
h3 { margin: 1rem 0 0.35rem; font-size: 0.85rem; color: var(--soft); font-weight: 600; }
p { margin: 0.35rem 0; }
header { margin-bottom: 1.25rem; }
header .status { margin-right: 0.5rem; }
main { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 1.25rem; }
@media (max-width: 56rem) { main { grid-template-columns: minmax(0, 1fr); gap: 0; } }
section {
  margin-bottom: 1.25rem; padding: 1rem 1.15rem; background: var(--card);
  border: 1px solid var(--edge); border-radius: 0.6rem;
}
.warnings { border-left: 4px solid var(--care); }
.warnings ul { margin: 0; padding-left: 1.15rem; }
.head { display: flex; flex-wrap: wrap; gap: 0.35rem 0.75rem; align-items: baseline; }
.head h2 { margin: 0; }
.head + * { margin-top: 0.6rem; }
.status {
  display: inline-block; padding: 0.1rem 0.65rem; border-radius: 1rem; font-size: 0.85rem;
  font-weight: 600;
}
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.care { color: var(--care); background: var(--care-back); }
.quiet { color: var(--quiet); background: var(--quiet-back); }
.soft, footer { color: var(--soft); font-size: 0.9rem; }
dl { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 0.25rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 30rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 0.4rem; }
}
code, .json { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
.json {
  margin: 0.35rem 0 0; padding: 0.6rem 0.75rem; background: var(--back);
  border: 1px solid var(--edge); border-radius: 0.4rem; font-size: 0.82rem; line-height: 1.55;
  white-space: pre-wrap;
}
.line {
  --hang: min(calc((var(--depth) * 2 + 4) * 1ch), 20ch);
  display: block; padding-left: var(--hang); text-indent: calc(-1 * var(--hang));
}
.key { color: var(--key); }
.string { color: var(--string); }
.plain { color: var(--plain); }
.id {
  padding: 0 0.3em; border-radius: 0.3em; color: #1c2733; font-weight: 600; text-indent: 0;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
}
.tint0 { background: #e2d3f3; } .tint1 { background: #bfe0f7; } .tint2 { background: #fbdba6; }
.tint3 { background: #c5ebcb; } .tint4 { background: #f7c9d4; } .tint5 { background: #e6e3a8; }
.hidden { color: var(--soft); }
footer { padding-top: 0.25rem; }
@media print {
  body { padding: 0; background: none; font-size: 11px; }
  section { break-inside: avoid-page; }
}
"""
