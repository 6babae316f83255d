// The look of the HTML report: system fonts, light and dark, readable on paper. Red and green always come with a word.
export const reportStyle = `
:root { color-scheme: light dark; --page: #fbfbfa; --card: #fff; --ink: #1c1d1f; --quiet: #63666b; --line: #e3e3e0; --good: #17693c; --good-soft: #dcefe3; --bad: #a3211b; --bad-soft: #f8dfdc; --warn: #7d5200; --warn-soft: #f8e9c8; --calm: #3b4a63; --calm-soft: #e1e7f1; }
@media (prefers-color-scheme: dark) { :root { --page: #17181a; --card: #1f2123; --ink: #ececea; --quiet: #a2a5aa; --line: #34363a; --good: #76cf9b; --good-soft: #1d3b2a; --bad: #f39a92; --bad-soft: #4a2320; --warn: #e6bd66; --warn-soft: #43351a; --calm: #b3c3de; --calm-soft: #2a3345; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
.eyebrow { margin: 0 0 8px; color: var(--quiet); font-size: 14px; overflow-wrap: anywhere; }
h1 { margin: 0 0 12px; font-size: 26px; line-height: 1.2; }
h2 { margin: 40px 0 12px; font-size: 17px; }
.badge { display: inline-block; padding: 4px 14px; border-radius: 8px; }
.badge.good { background: var(--good-soft); color: var(--good); } .badge.bad { background: var(--bad-soft); color: var(--bad); } .badge.calm { background: var(--calm-soft); color: var(--calm); }
.reason { margin: 0 0 20px; max-width: 75ch; font-size: 16px; }
.figures { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 0; padding: 16px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.figures dt { color: var(--quiet); font-size: 13px; } .figures dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.remarks { margin: 20px 0 0; padding: 12px 20px 12px 36px; background: var(--warn-soft); color: var(--warn); border-radius: 10px; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 8px 14px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-size: 13px; font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
td.good { color: var(--good); } td.bad { color: var(--bad); font-weight: 600; } td.warn { color: var(--warn); }
.steps td { white-space: nowrap; font-variant-numeric: tabular-nums; }
.track { width: 45%; min-width: 220px; }
.bar { display: block; height: 12px; margin-top: 5px; min-width: 3px; max-width: 100%; border-radius: 3px; background: var(--calm); }
.bar.good { background: var(--good); } .bar.bad { background: var(--bad); } .bar.warn { background: var(--warn); }
.time { white-space: nowrap; color: var(--quiet); font-variant-numeric: tabular-nums; }
.quiet, .evidence { color: var(--quiet); } .evidence { margin-top: 2px; font-size: 13px; }
ol { margin: 0; padding-left: 22px; } li { margin: 4px 0; }
code { font-size: 13px; }
svg { width: 100%; max-width: 900px; font-size: 11px; fill: var(--ink); margin: 8px 0; } svg .axis { fill: var(--quiet); } svg .good { fill: var(--good); } svg .bad { fill: var(--bad); } svg .warn { fill: var(--warn); } svg .quiet { fill: var(--quiet); } svg .first { fill: var(--good); } svg .second { fill: var(--calm); }
@media print { main { padding: 0; max-width: none; } .wide { overflow: visible; } section { break-inside: auto; } tr { break-inside: avoid; } }
`;
