/** One style for screen (light and dark) and paper; system fonts only, so that the file needs nothing from outside. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #5d6878; --rule: #dfe3ea;
  --main: #2f6fde; --ghost: #cfdcf5; --line: #0f9d7a; --dot: #d9822b; --good: #12805c; --good-back: #def5ec; --bad: #c0392b; --bad-back: #fde5e1; --quiet-back: #eceff4; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b212b; --ink: #e8ecf2; --soft: #9aa6b6; --rule: #303947;
  --main: #6ea2ff; --ghost: #30405e; --line: #3fd0a6; --dot: #f0a659; --good: #59d6a8; --good-back: #173a30; --bad: #ff8a7c; --bad-back: #45231f; --quiet-back: #2a323f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 12px; }
h2 { font-size: 18px; margin: 0 0 14px; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 26px; color: var(--soft); font-size: 13.5px; }
.facts b { color: var(--ink); font-weight: 600; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 20px 22px; margin: 0 0 20px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(168px, 1fr)); gap: 12px; margin: 0 0 20px; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 14px 16px; }
.card p { margin: 0; color: var(--soft); font-size: 13px; }
.card .figure { color: var(--ink); font-size: 26px; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; border-radius: 99px; padding: 1px 9px; font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.quiet { color: var(--soft); background: var(--quiet-back); }
.scroll { overflow-x: auto; }
.card .badge { white-space: normal; border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 600; font-size: 12.5px; }
th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.right { text-align: right; white-space: nowrap; }
.right + :not(.right) { padding-left: 14px; }
details { font-size: 14px; } summary { cursor: pointer; color: var(--soft); } details[open] summary { margin: 0 0 8px; }
.notes { margin: 12px 0 0; padding: 0; list-style: none; color: var(--soft); font-size: 13px; }
.notes li { margin: 3px 0; }
svg { display: block; width: 100%; height: auto; margin: 0 0 14px; }
svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .tick, svg .label { fill: var(--soft); }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .bar { fill: var(--main); } svg .ghost { fill: var(--ghost); } svg .over { fill: var(--bad); }
svg .line { fill: none; stroke: var(--line); stroke-width: 2.5; stroke-linejoin: round; }
svg .dot { fill: var(--dot); } svg .point { fill: var(--main); }
svg .whisker { stroke: var(--main); stroke-width: 3; stroke-linecap: round; opacity: .45; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 8px; color: var(--soft); font-size: 13px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.legend .bar { background: var(--main); } .legend .ghost { background: var(--ghost); }
.legend .line { background: var(--line); height: 3px; vertical-align: 4px; } .legend .dot { background: var(--dot); border-radius: 50%; }
footer { color: var(--soft); font-size: 12.5px; text-align: center; overflow-wrap: anywhere; }
@media screen and (max-width: 640px) { main { padding: 20px 12px 40px; } section { padding: 16px 14px; } .facts { gap: 2px 16px; }
  .scroll > svg { min-width: 600px; } table { width: max-content; min-width: 100%; } td:not(.right) { max-width: 62vw; }
  th:first-child, td:first-child { position: sticky; left: 0; background: var(--card); background-clip: padding-box; max-width: 44vw; }
  .scroll { background: linear-gradient(to left, var(--card), transparent) right / 40px 100% no-repeat local,
    linear-gradient(to left, var(--ghost), transparent) right / 16px 100% no-repeat scroll; } }
@media print { :root { --page: #fff; --card: #fff; --ink: #111; --soft: #555; --rule: #ccc; --main: #2f6fde; --ghost: #cfdcf5; --line: #0f9d7a; --dot: #d9822b;
  --good: #12805c; --good-back: #fff; --bad: #c0392b; --bad-back: #fff; --quiet-back: #fff; }
  main { max-width: none; padding: 0; } section, .card { break-inside: avoid; } section:has(tr:nth-child(20)) { break-inside: auto; }
  body { font-size: 12px; -webkit-print-color-adjust: exact; print-color-adjust: exact; } @page { margin: 16mm; } }
`;
