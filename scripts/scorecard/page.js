"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const position = Object.fromEntries(data.fields.map((name, i) => [name, i]));
  const coded = new Set(data.coded);
  const dimensions = Object.keys(data.dimensions);
  const letters = { intent_id: "i", channel: "c", customer_segment: "s" };
  const dimensionNames = { intent_id: "Intent", channel: "Channel", customer_segment: "Segment" };
  const state = { period: "last_4_weeks", chosen: [0, 0, 0], open: null };
  const ratings = { green: "On target", amber: "Watch", red: "Off target", grey: "No rating" };
  const meanings = {
    green: "weeks will go on meeting it", amber: "weeks meet and miss it by chance, or evidence is thin",
    red: "weeks will go on missing it, or harm", grey: "no target or too few weeks",
  };
  const categoryNames = { risk: "Risk & governance" };
  const severityIcons = { 1: "red", 2: "amber", 3: "grey" };
  const verdicts = {
    breach: ["red", "Breach"], watch: ["amber", "Watch"], ok: ["green", "No breach"],
    "roll back": ["red", "Roll back"], keep: ["green", "Keep"],
  };

  // --- words and numbers ---------------------------------------------------------------------
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const spaced = (text) => String(text).replaceAll("_", " ");
  const categoryName = (id) => categoryNames[id] || capital(id);

  function seconds(value) {
    for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) {
      if (Math.abs(value) >= 2 * size) return `${(value / size).toFixed(1)} ${unit}`;
    }
    return `${value.toFixed(1)} s`;
  }

  function format(value, unit) {
    if (value === null || value === undefined) return "–";
    return value < 0 ? `−${formatPositive(-value, unit)}` : formatPositive(value, unit);
  }

  function formatPositive(value, unit) {
    if (unit === "share") return `${(100 * value).toFixed(1)}%`;
    if (unit === "usd") return `$${value.toFixed(2)}`;
    if (unit === "seconds") return seconds(value);
    if (unit === "minutes") return seconds(value * 60);
    if (unit === "count") return value.toLocaleString("en-US");
    return value.toFixed(2);
  }

  function formatChange(value, unit) {
    if (unit === "share") return `${(100 * Math.abs(value)).toFixed(1)} pt`;
    return format(Math.abs(value), unit);
  }

  // A difference, or a number whose unit has no sign of its own, with the unit below it.
  function sized(value, unit) {
    if (value === null) return ["–"];
    const sign = value < 0 ? "−" : "+";
    if (unit === "share") return [`${sign}${(100 * Math.abs(value)).toFixed(1)} pt`];
    if (["usd", "seconds", "minutes", "count"].includes(unit)) return [`${sign}${format(Math.abs(value), unit)}`];
    const [, word, known] = /^(.*?)(?: \((share)\))?$/.exec(unit || "");
    return [format(value, known || (Number.isInteger(value) ? "count" : unit)), element("small", {}, spaced(word))];
  }

  // --- elements: text only ever goes in as text ----------------------------------------------
  function element(name, attributes = {}, ...children) {
    const node = name.startsWith("svg:")
      ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4))
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }
  const svg = (name, attributes, ...children) => element(`svg:${name}`, attributes, ...children);

  // --- icons: a shape of its own for each meaning ----------------------------------------------
  const shapes = {
    green: ["M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z", "M4.6 8.2l2.4 2.4 4.4-4.8"],
    amber: ["M8 1L15.5 15H.5z", "M8 5.6v4.6M8 12v1.2"],
    red: ["M5 1h6l4 4v6l-4 4H5l-4-4V5z", "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6"],
    grey: ["M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z", "M4.5 8h7"],
    improvement: [null, "M3.5 11.5l3-3.5 2 2 4-5M9.5 5h3v3"],
    concern: [null, "M8 4v5M8 11v1.4"],
    plain: [null, "M2.5 9l2-2.4 2.4 3 2.4-3.6 1.8 2.4h2.4"],
  };

  function icon(name, hollow = false) {
    const [outline, mark] = shapes[name];
    const parts = [];
    if (outline) {
      parts.push(svg("path", {
        d: outline, fill: hollow ? "none" : "currentColor", stroke: "currentColor",
        "stroke-width": hollow ? 1.6 : 0, "stroke-linejoin": "round",
      }));
    } else {
      parts.push(svg("circle", { cx: 8, cy: 8, r: 7, fill: "none", stroke: "currentColor", "stroke-width": 1.4 }));
    }
    parts.push(svg("path", {
      d: mark, fill: "none", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round",
      stroke: outline && !hollow ? "var(--icon-ink)" : "currentColor",
    }));
    return svg("svg", { width: 15, height: 15, viewBox: "0 0 16 16", "aria-hidden": "true" }, ...parts);
  }

  const tag = (kind, word, title, hollow) =>
    element("span", { class: `tag ${kind}`, title }, icon(kind, hollow), word);

  // --- the marts, by slice -----------------------------------------------------------------------
  function sliceKey(chosen) {
    return chosen.reduce((key, value, i) => key * (data.dimensions[dimensions[i]].length + 1) + value, 0);
  }

  function read(metric, chosen = state.chosen, period = state.period) {
    const cell = (data.cells[period][metric] || {})[sliceKey(chosen)];
    const found = {};
    if (cell === undefined) return { rating: "grey", rating_reason: "no unit in the slice" };
    if (typeof cell === "number") return { rating: "grey", rating_reason: data.words[cell] };
    for (const [name, i] of Object.entries(position)) {
      const value = cell[i] === undefined ? null : cell[i];
      found[name] = value !== null && coded.has(name) ? data.words[value] : value;
    }
    return found;
  }

  function readSeries(metric, chosen = state.chosen) {
    const set = chosen.map((value, i) => [value, dimensions[i]]).filter(([value]) => value > 0);
    if (set.length > 1) return null;
    const key = set.length ? letters[set[0][1]] + set[0][0] : "o";
    const columns = (data.series[metric] || {})[key];
    if (!columns) return null;
    const length = Math.max(...Object.values(columns).map((c) => (Array.isArray(c) ? c.length : 1)));
    const at = (name, i) => (Array.isArray(columns[name]) ? columns[name][i] : columns[name]);
    return Array.from({ length }, (_, i) => ({
      week: at("week", i), value: at("value", i), centre: at("centre", i),
      lower: at("lower_limit", i), upper: at("upper_limit", i), target: at("target", i),
      signal: at("signal", i) === null ? null : data.words[at("signal", i)],
      cause: at("cause", i) === null ? null : data.words[at("cause", i)],
    }));
  }

  const metricIndex = (id) => data.metrics.findIndex((metric) => metric.id === id);

  // --- small pictures ------------------------------------------------------------------------------
  function range(values, padding = 0.08) {
    const known = values.filter((v) => v !== null && v !== undefined);
    const low = Math.min(...known), high = Math.max(...known);
    const span = high - low || Math.abs(high) || 1;
    return [low - padding * span, high + padding * span];
  }

  const steps = (points, x, y, name, half) => points
    .filter((p) => p[name] !== null)
    .map((p) => `${(x(p) - half).toFixed(1)},${y(p[name]).toFixed(1)} ${(x(p) + half).toFixed(1)},${y(p[name]).toFixed(1)}`);

  function pointMark(x, y, signal, size) {
    const kind = signal === null ? "s-point" : signal.startsWith("improvement") ? "s-better"
      : signal.startsWith("concern") ? "s-worse" : "s-shifted";
    if (kind === "s-better") {
      return svg("circle", { cx: x, cy: y, r: size, class: kind });
    }
    if (kind === "s-worse") {
      const r = size * 1.3;
      return svg("path", { d: `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}z`, class: kind });
    }
    return svg("rect", { x: x - size * 0.8, y: y - size * 0.8, width: size * 1.6, height: size * 1.6, class: kind });
  }

  function paths(points, x, y, half) {
    const parts = [];
    const limited = points.filter((p) => p.lower !== null && p.upper !== null);
    if (limited.length) {
      const top = steps(limited, x, y, "upper", half);
      const bottom = steps(limited, x, y, "lower", half).map((s) => s.split(" ").reverse().join(" ")).reverse();
      parts.push(svg("polygon", { points: [...top, ...bottom].join(" "), class: "s-band" }));
      parts.push(svg("polyline", { points: steps(limited, x, y, "centre", half).join(" "), class: "s-centre" }));
    }
    let line = "", last = null;
    for (const p of points) {
      line += `${last !== null && p.week === last + 1 ? "L" : "M"}${x(p).toFixed(1)} ${y(p.value).toFixed(1)}`;
      last = p.week;
    }
    parts.push(svg("path", { d: line, class: "s-line" }));
    return parts;
  }

  const weekOf = (date) => {
    let found = -1;
    data.weeks.forEach((week, i) => { if (week <= date) found = i; });
    return found;
  };

  function sparkline(points, from = null) {
    const width = 172, height = 30;
    if (!points || !points.length) return element("span", { class: "muted" }, "no weekly points");
    const [low, high] = range(points.flatMap((p) => [p.value, p.lower, p.upper]), 0.04);
    const first = from === null ? points[0].week : Math.min(from, points[0].week);
    const span = Math.max(1, points[points.length - 1].week - first);
    const x = (p) => 5 + ((p.week - first) / span) * (width - 10);
    const y = (v) => 5 + (1 - (v - low) / (high - low)) * (height - 8);
    const parts = paths(points, x, y, (width - 10) / span / 2);
    for (const release of data.releases) {
      const week = weekOf(release.date);
      if (week < first || release.date < data.weeks[0]) continue;
      const at = x({ week });
      parts.push(svg("path", { d: `M${at - 2.5} 0h5l-2.5 4z`, class: "s-release-mark" }));
    }
    points.forEach((p, i) => {
      if (p.signal !== null || i === points.length - 1) parts.push(pointMark(x(p), y(p.value), p.signal, i === points.length - 1 ? 2.8 : 2));
    });
    return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...parts);
  }

  function scale(cells, unit) {
    const known = cells.flatMap((c) => [c.value, c.upper_95, c.lower_95, c.target]).filter((v) => v !== null && v !== undefined);
    const high = Math.max(0, ...known), low = Math.min(0, ...known);
    // Where a value is negative, zero is in the middle, so that its bar points to a side.
    if (cells.some((c) => c.value < 0)) return [-1.12 * Math.max(-low, high), 1.12 * Math.max(-low, high)];
    const top = unit === "share" && high <= 1 && high > 0.8 ? 1 : high + 0.12 * (high - low || 1);
    return [low < 0 ? low - 0.05 * (high - low) : 0, top];
  }

  function bullet(cell, metric, width = 128, bounds = null, bar = true) {
    const [low, high] = bounds || scale([cell], metric.unit);
    const x = (v) => 1 + ((Math.max(low, Math.min(high, v)) - low) / (high - low)) * (width - 2);
    const parts = [svg("rect", { x: 1, y: 3, width: width - 2, height: 12, class: "s-track" })];
    if (cell.target !== null && metric.direction !== "none") {
      const up = metric.direction === "up";
      parts.push(svg("rect", {
        x: up ? x(cell.target) : 1, y: 3, height: 12, class: "s-good",
        width: Math.max(0, up ? width - 1 - x(cell.target) : x(cell.target) - 1),
      }));
    }
    if (bar) {
      const [from, to] = [x(0), x(cell.value)].sort((a, b) => a - b);
      parts.push(svg("rect", { x: from, y: 7, width: Math.max(1, to - from), height: 4, class: "s-bar" }));
    } else {
      parts.push(svg("circle", { cx: x(cell.value), cy: 9, r: 3, class: "s-bar" }));
    }
    if (low < 0) parts.push(svg("path", { d: `M${x(0)} 3v12`, class: "s-limit" }));
    if (cell.target !== null) {
      parts.push(svg("path", { d: `M${x(cell.target)} 1v16`, class: "s-target" }));
    }
    if (cell.lower_95 !== null && cell.upper_95 !== null) {
      const a = x(cell.lower_95), b = x(cell.upper_95);
      parts.push(svg("path", { d: `M${a} 9H${b}M${a} 6v6M${b} 6v6`, class: "s-whisker" }));
    }
    return svg("svg", { width, height: 18, viewBox: `0 0 ${width} 18`, "aria-hidden": "true" }, ...parts);
  }

  function niceTicks(low, high, count = 4) {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw);
    const ticks = [];
    for (let t = Math.ceil(low / step) * step; t <= high; t += step) ticks.push(t);
    return ticks;
  }

  function processChart(points, metric) {
    const width = 720, height = 250, left = 58, right = 66, top = 28, bottom = 24;
    const targets = points.map((p) => p.target).filter((t) => t !== null);
    const [low, high] = range([...points.flatMap((p) => [p.value, p.lower, p.upper]), ...targets], 0.05);
    const first = points[0].week, span = Math.max(1, points[points.length - 1].week - first);
    const x = (p) => left + ((p.week - first) / span) * (width - left - right);
    const y = (v) => top + (1 - (v - low) / (high - low)) * (height - top - bottom);
    const half = (width - left - right) / span / 2;
    const parts = paths(points, x, y, half);
    for (const tick of niceTicks(low, high)) {
      parts.push(svg("text", { x: left - 12, y: y(tick) + 3, "text-anchor": "end" }, format(tick, metric.unit)));
    }
    const last = points[points.length - 1];
    for (const name of ["upper", "lower", "centre"]) {
      if (last[name] === null) continue;
      parts.push(svg("text", { x: width - right + 14, y: y(last[name]) + 3 }, format(last[name], metric.unit)));
    }
    if (last.target !== null) {
      parts.push(svg("polyline", { points: steps(points, x, y, "target", half).join(" "), class: "s-target" }));
    }
    let labelled = -99;
    for (const release of data.releases) {
      const week = weekOf(release.date);
      if (week < first || release.date < data.weeks[0] || week > last.week) continue;
      const at = x({ week });
      parts.push(svg("path", { d: `M${at} ${top - 8}V${height - bottom}`, class: "s-release" }));
      parts.push(svg("text", { x: at, y: at - labelled < 40 ? top - 20 : top - 11, "text-anchor": "middle" }, release.id));
      labelled = at;
    }
    for (const rebase of data.rebases.filter((r) => r.metric_id === metric.id)) {
      const week = weekOf(rebase.date);
      if (week <= first || week > last.week) continue;
      const at = x({ week }) - half;
      parts.push(svg("path", { d: `M${at} ${top}V${height - bottom}`, class: "s-limit" }));
      parts.push(svg("text", { x: at + 3, y: height - bottom - 4 }, "rebased"));
    }
    points.forEach((p) => parts.push(pointMark(x(p), y(p.value), p.signal, 3)));
    points.forEach((p, i) => {
      if (i % Math.ceil(points.length / 7) === 0) {
        parts.push(svg("text", { x: x(p), y: height - 8, "text-anchor": "middle" }, data.weeks[p.week].slice(5)));
      }
    });
    return svg("svg", {
      class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `Process chart of ${metric.name}, ${points.length} weeks to ${data.weeks[last.week]}; the numbers are in the table below it.`,
    }, ...parts);
  }

  // --- cells of the table ----------------------------------------------------------------------------
  function stability(cell, combined) {
    const signal = cell.variation_signal;
    if (combined) return tag("plain", "–", "Combined filters have no process chart");
    if (!signal) return tag("plain", "No limits", cell.rating_reason);
    const cause = signal.startsWith("concern") ? ["concern", "Concern"]
      : signal.startsWith("improvement") ? ["improvement", "Improving"]
        : signal.startsWith("neutral") ? ["plain", "Shifted"] : ["plain", "Stable"];
    const assurance = { pass: "will meet the target", fail: "will miss the target", hit_or_miss: "meets the target by chance" }[cell.assurance_signal];
    return tag(cause[0], cause[1], `${spaced(signal)}${assurance ? `; left alone it ${assurance}` : ""}`);
  }

  function change(cell, metric) {
    if (cell.change === null || cell.change === undefined) return element("span", { class: "muted" }, "–");
    const arrow = cell.change > 0 ? "▲" : cell.change < 0 ? "▼" : "■";
    let word = "";
    if (metric.direction !== "none" && cell.change !== 0) {
      word = (cell.change > 0) === (metric.direction === "up") ? "better" : "worse";
    }
    return element("span", {}, `${arrow} ${formatChange(cell.change, metric.unit)} `,
      element("span", { class: cell.change_signal || "plain" }, word));
  }

  function targetText(cell, metric) {
    if (cell.target === null || cell.target === undefined) return "no target";
    return `${metric.direction === "down" ? "≤" : "≥"} ${format(cell.target, metric.unit)}`;
  }

  function interval(cell, metric) {
    if (cell.lower_95 === null || cell.lower_95 === undefined) {
      return cell.upper_95 === null || cell.upper_95 === undefined ? "no interval" : `up to ${format(cell.upper_95, metric.unit)}`;
    }
    if (cell.upper_95 === null) return `from ${format(cell.lower_95, metric.unit)}`;
    return `${format(cell.lower_95, metric.unit)} to ${format(cell.upper_95, metric.unit)}`;
  }

  function sentence(metric) {
    return metric.definition.replace(/^One row per [^.]*\. /, "");
  }

  const known = (cell) => cell.value !== null && cell.value !== undefined;

  // Where the period's interval lies. The rating asks whether the process will stay there as well, so
  // that most of what is watched would look alike without this.
  function standing(cell, metric) {
    const bounds = [cell.target, cell.lower_95, cell.upper_95];
    if (!known(cell) || metric.direction === "none" || bounds.some((v) => v === null || v === undefined)) return null;
    if (cell.lower_95 < cell.target && cell.upper_95 > cell.target) return "too close to call";
    return (cell.value >= cell.target) === (metric.direction === "up") || cell.value === cell.target ? "met" : "missed";
  }

  function row(metric, index, prefix) {
    const cell = read(index);
    const combined = state.chosen.filter((value) => value > 0).length > 1;
    const now = standing(cell, metric);
    const hollow = now === "too close to call";
    const id = `${prefix}${index}`;
    const button = element("button", {
      type: "button", "aria-expanded": "false", "aria-controls": `detail-${id}`, id: `metric-${id}`,
    }, metric.name);
    const line = element("tr", { class: "line", "data-metric": metric.id },
      element("td", { class: "cell-status" }, tag(cell.rating, ratings[cell.rating], cell.rating_reason, hollow && cell.rating !== "grey"),
        now ? element("small", { class: now === "missed" ? "standing missed" : "standing" }, now) : null,
        element("span", { class: "sr" }, `: ${cell.rating_reason}`)),
      element("th", { scope: "row", class: "metric" }, button, element("small", {}, sentence(metric))),
      element("td", { class: "num cell-now" }, known(cell)
        ? element("b", { class: "value" }, format(cell.value, metric.unit)) : element("b", { class: "value muted" }, "–"),
      element("small", { class: known(cell) ? "interval" : "interval reason" }, known(cell) ? interval(cell, metric) : cell.rating_reason)),
      element("td", { class: "cell-against" }, element("div", { class: "against" },
        known(cell) ? bullet(cell, metric) : null,
        element("span", {}, known(cell) ? targetText(cell, metric) : ""))),
      element("td", { class: "cell-spark" }, combined ? element("span", { class: "muted" }, "one filter at a time") : sparkline(readSeries(index))),
      element("td", { class: "cell-stability" }, stability(cell, combined)),
      element("td", { class: "change cell-change hide-mid" }, change(cell, metric)),
      element("td", { class: "owner cell-owner hide-mid" }, metric.owner));
    const detail = element("tr", { class: "detail", id: `detail-${id}`, hidden: "" });
    button.addEventListener("click", () => toggle(button, detail, metric, index));
    if (state.open === id) toggle(button, detail, metric, index);
    return [line, detail];
  }

  function toggle(button, detail, metric, index) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    detail.hidden = !open;
    detail.replaceChildren();
    state.open = open ? button.id.slice("metric-".length) : null;
    if (open) detail.append(element("td", { colspan: 9 }, ...detailParts(metric, index)));
  }

  // --- drill-down ---------------------------------------------------------------------------------
  function seriesTable(points, metric) {
    return element("details", {}, element("summary", { class: "small" }, "Weekly numbers"),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Weekly numbers of ${metric.name}` },
        element("table", { class: "plainlist" },
          element("thead", {}, element("tr", {}, ...["Week from", "Value", "Centre", "Limits", "Target", "Signal"].map((h) => element("th", { scope: "col" }, h)))),
          element("tbody", {}, ...points.map((p) => element("tr", {},
            element("th", { scope: "row" }, data.weeks[p.week]),
            element("td", {}, format(p.value, metric.unit)),
            element("td", {}, format(p.centre, metric.unit)),
            element("td", {}, p.lower === null ? "–" : `${format(p.lower, metric.unit)} to ${format(p.upper, metric.unit)}`),
            element("td", {}, format(p.target, metric.unit)),
            element("td", {}, p.signal === null ? "none" : `${spaced(p.signal)} (${spaced(p.cause)})`)))))));
  }

  function sliceTable(metric, index, d) {
    const dimension = dimensions[d];
    const cells = data.dimensions[dimension].map((value, i) => {
      const chosen = [0, 0, 0];
      chosen[d] = i + 1;
      return [value, read(index, chosen)];
    }).filter(([, cell]) => known(cell) || cell.rating_reason !== "no unit in the slice");
    if (!cells.some(([, cell]) => known(cell))) return null;
    const bounds = scale(cells.filter(([, cell]) => known(cell)).map(([, cell]) => cell), metric.unit);
    return element("table", { class: "slices" },
      element("caption", { class: "sr" }, `${metric.name} by ${dimensionNames[dimension]}`),
      element("thead", {}, element("tr", {},
        ...[dimensionNames[dimension], "Value", "95% interval", "n"].map((h, i) => element("th", { scope: "col", class: i === 3 ? "num" : null }, h)))),
      element("tbody", {}, ...cells.map(([value, cell]) => element("tr", {},
        element("th", { scope: "row" }, spaced(value)),
        ...(known(cell) ? [
          element("td", { title: cell.rating_reason }, element("span", { class: cell.rating }, icon(cell.rating), element("span", { class: "sr" }, ratings[cell.rating])), ` ${format(cell.value, metric.unit)}`),
          element("td", {}, bullet(cell, metric, 110, bounds, false), element("span", { class: "sr" }, interval(cell, metric))),
          element("td", { class: "num" }, format(cell.n, "count")),
        ] : [element("td", { colspan: 3, class: "muted" }, cell.rating_reason)])))));
  }

  function facts(pairs) {
    return element("dl", {}, ...pairs.filter(([, text]) => text !== null && text !== undefined && text !== "")
      .flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
  }

  function targetBasis(cell) {
    if (cell.target === null || cell.target === undefined) return null;
    const parts = [cell.target_risk_tier && cell.target_risk_tier !== "all" ? `${cell.target_risk_tier} risk` : null,
      cell.target_channel && cell.target_channel !== "all" ? spaced(cell.target_channel) : null].filter(Boolean);
    return parts.length ? ` (set for ${parts.join(", ")})` : "";
  }

  function guardrailText(metric) {
    const guard = metricIndex(metric.guardrail);
    if (!metric.guardrail) return null;
    if (guard < 0) return `${spaced(metric.guardrail)}, which is not published`;
    const cell = read(guard);
    return `${data.metrics[guard].name}: ${format(cell.value, data.metrics[guard].unit)}, ${ratings[cell.rating].toLowerCase()} (${cell.rating_reason})`;
  }

  function companionTable(metric) {
    const companions = data.metrics.map((m, i) => [m, i]).filter(([m]) => m.companion_of === metric.id);
    if (!companions.length) return null;
    return element("table", { class: "plainlist" },
      element("caption", { class: "sr" }, `Companions of ${metric.name}`),
      element("thead", {}, element("tr", {}, ...["Beside it", "Value", "95% interval", "Rating"].map((h) => element("th", { scope: "col" }, h)))),
      element("tbody", {}, ...companions.map(([m, i]) => {
        const cell = read(i);
        return element("tr", {}, element("th", { scope: "row" }, m.name),
          element("td", {}, format(cell.value, m.unit)),
          element("td", {}, known(cell) ? interval(cell, m) : cell.rating_reason),
          element("td", {}, tag(cell.rating, ratings[cell.rating], cell.rating_reason)));
      })));
  }

  function detailParts(metric, index) {
    const cell = read(index);
    const points = readSeries(index);
    const chart = points && points.length ? [element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Process chart of ${metric.name}` }, processChart(points, metric)),
        seriesTable(points, metric)]
      : [element("p", { class: "muted" }, "No process chart here: weekly points need one filter at a time and enough units.")];
    const caution = cell.is_autocorrelated
      ? element("p", { class: "small concern" }, "Caution: weeks follow each other closely (autocorrelation above 0.25), so that false signals are more likely.") : null;
    const slices = [0, 1, 2].map((d) => sliceTable(metric, index, d)).filter(Boolean);
    return [
      element("div", { class: "columns" },
        element("div", {}, element("h2", {}, `${metric.name}: process chart`), ...chart, caution,
          facts([
            ["Rating", `${ratings[cell.rating]}: ${cell.rating_reason}`],
            ["What would change it", cell.rating_changes_with || "Fewer filters or more units."],
            ["Target", cell.target === null || cell.target === undefined ? "none" : `${targetText(cell, metric)}${targetBasis(cell)}`],
            ["Guardrail", guardrailText(metric)],
            ["Units", known(cell) ? `${format(cell.n, "count")}; evidence for ${format(cell.coverage, "share")} of the eligible` : null],
            ["Period", cell.period_starts_on ? `${cell.period_starts_on} to ${cell.period_ends_on}` : null],
            ["Leading or lagging", metric.leading_lagging],
          ]),
          companionTable(metric)),
        element("div", {}, element("h2", {}, "By slice"), ...(slices.length ? slices : [element("p", { class: "muted" }, "No slice has enough units.")]))),
      element("h3", {}, "Definition"),
      facts([
        ["What it is", sentence(metric)], ["Unit of analysis", metric.unit_of_analysis],
        ["Included", metric.inclusion], ["Left out", metric.exclusion],
        ["Confirmed by", metric.confirmation], ["Segmented by", metric.segmentation],
        ["Owner", metric.owner], ["Version", `${metric.version}, valid from ${metric.valid_from}`],
        ["Model", metric.model],
      ]),
    ];
  }

  // --- the page ---------------------------------------------------------------------------------------
  const headers = [["Status", ""], ["Metric and definition", ""], ["Now (95% CI)", "num"], ["Against target", ""],
    ["26 weeks, limits, releases", ""], ["Stability", ""], ["4-week change", "hide-mid num"], ["Owner", "hide-mid"]];

  function table(categories, prefix, caption) {
    const bodies = categories.map((category) => {
      const rows = data.metrics.map((m, i) => [m, i]).filter(([m]) => m.category === category && m.tier === "headline");
      const lines = [...rows.map(([m, i]) => row(m, i, prefix)), ...(category === "risk" ? monitors() : [])];
      if (!lines.length) return null;
      const group = element("th", { scope: "rowgroup", class: "group", rowspan: lines.flat().length }, element("span", {}, categoryName(category)));
      lines[0][0].prepend(group);
      return element("tbody", {}, ...lines.flat());
    }).filter(Boolean);
    if (!bodies.length) return null;
    return element("table", { class: "grid" }, element("caption", { class: "sr" }, caption),
      element("thead", {}, element("tr", {}, element("td", {}),
        ...headers.map(([text, style]) => element("th", { scope: "col", class: style || null }, text)))),
      ...bodies);
  }

  function card(title, total, cells, overall) {
    const count = (word) => cells.filter(([cell, metric]) => standing(cell, metric) === word).length;
    const missed = count("missed"), close = count("too close to call");
    return element("div", { class: overall ? "card overall" : "card" },
      element("h2", {}, title, element("span", { class: "index", title: "Composite, 0 to 100" }, total && total.value !== null ? total.value.toFixed(0) : "–")),
      overall
        ? element("small", {}, "targets attained, 0 to 100; all slices")
        : element("div", { class: "icons", role: "img", "aria-label": `${title}: ${cells.map(([cell]) => ratings[cell.rating]).join(", ")}` },
          ...cells.map(([cell]) => element("span", { class: cell.rating }, icon(cell.rating)))),
      element("small", {}, `${count("met")} met, ${missed} missed, ${close} too close`));
  }

  function totalOf(type, name) {
    return data.composites.totals.find((t) => t.period === state.period && t.composite_type === type && t.composite === name);
  }

  function drawComposites() {
    const of = (category) => data.metrics.map((m, i) => [m, i])
      .filter(([m]) => m.tier === "headline" && (category === null ? data.categories.includes(m.category) : m.category === category))
      .map(([m, i]) => [read(i), m]);
    document.getElementById("composites").replaceChildren(
      card("Overall", totalOf("overall", "overall"), of(null), true),
      ...data.categories.filter((category) => of(category).length).map((category) => card(categoryName(category), totalOf("category", category), of(category))));
  }

  function drawParts() {
    const parts = data.composites.parts.filter((p) => p.period === state.period);
    const order = ["overall", ...data.categories, "leading", "lagging"];
    const lines = order.flatMap((name) => {
      const total = data.composites.totals.find((t) => t.period === state.period && t.composite === name);
      if (!total) return [];
      return [element("tr", {}, element("th", { scope: "row" }, element("b", {}, categoryName(name))), element("td", {}, `${total.metrics_counted} of ${total.metrics} metrics`), element("td", {}), element("td", {}),
        element("td", {}, element("b", {}, total.value === null ? "–" : total.value.toFixed(1)))),
      ...parts.filter((p) => p.composite === name).map((p) => element("tr", {}, element("td", {}), element("th", { scope: "row" }, p.metric_name),
        element("td", {}, p.metric_weight === null ? "–" : format(p.metric_weight, "share")),
        element("td", {}, p.attainment === null ? "no value or target" : p.attainment.toFixed(1)),
        element("td", {}, p.contribution === null ? "–" : p.contribution.toFixed(1))))];
    });
    const intents = data.composites.intents.filter((p) => p.period === state.period && p.contribution !== null);
    document.querySelector("#parts > div").replaceChildren(
      element("p", { class: "small muted" }, "Attained: 100 where the target is met, else the value as a percentage of the target (or the target of the value, where low is good), per intent; intents weigh by volume × value × risk. Contributions add up to the composite."),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Parts of the composites" }, element("table", { class: "plainlist" },
        element("caption", { class: "sr" }, "Parts of the composites"),
        element("thead", {}, element("tr", {}, ...["Composite", "Metric", "Weight", "Attained", "Contribution"].map((h) => element("th", { scope: "col" }, h)))),
        element("tbody", {}, ...lines))),
      element("h3", {}, "Overall composite by intent"),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Overall composite by intent" }, element("table", { class: "plainlist" },
        element("caption", { class: "sr" }, "Overall composite by intent"),
        element("thead", {}, element("tr", {}, ...["Intent", "Value of a resolution", "Risk weight", "Contribution"].map((h) => element("th", { scope: "col" }, h)))),
        element("tbody", {}, ...intents.map((p) => element("tr", {}, element("th", { scope: "row" }, spaced(p.intent_id)),
          element("td", {}, format(p.intent_value_usd, "usd")), element("td", {}, String(p.risk_weight)), element("td", {}, p.contribution.toFixed(1))))))));
  }

  // A table of texts, elements, or lists of both.
  function list(captionText, heads, lines, style = "") {
    return element("div", { class: `scroll ${style}`, tabindex: "0", role: "region", "aria-label": captionText }, element("table", { class: "plainlist" },
      element("caption", { class: "sr" }, captionText),
      element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", { scope: "col" }, h)))),
      element("tbody", {}, ...lines.map((cells) => element("tr", {}, ...cells.map((content, i) => element(i ? "td" : "th", i ? {} : { scope: "row" },
        ...(Array.isArray(content) ? content : [content === null ? "–" : content]))))))));
  }

  function drawReleases() {
    document.querySelector("#release-list > div").replaceChildren(
      list("Releases", ["Release", "Live from", "Model", "Prompt", "Rolled back"], data.releases.map((r) => [r.id, r.date, r.model, r.prompt, r.rolled_back])),
      element("p", {}),
      list("Rebased charts", ["Metric", "Limits anew from", "Reason"], data.rebases.map((r) => [(data.metrics[metricIndex(r.metric_id)] || { name: r.metric_id }).name, r.date, r.reason])));
  }

  // --- what the monitoring marts say -----------------------------------------------------------
  const small = (text) => (text ? element("small", {}, text) : null);
  const measureName = (measure) => measure.name || capital(spaced(measure.metric_id));
  const openAlerts = (severity) => data.watch.alerts.filter((a) => a.is_open && a.severity === severity);
  const verdictTag = (verdict) => {
    const [kind, word] = verdicts[verdict] || ["grey", spaced(verdict)];
    return tag(kind, word);
  };
  const driftOf = (metric, dimension = "overall", value = "all") => data.watch.drift
    .find((d) => d.metric_id === metric && d.slice_dimension === dimension && d.slice_value === value);
  const day = (date) => (date === null ? "–" : element("span", { class: "nowrap" }, date));
  const indexText = (value) => (value === null ? "–" : value.toFixed(1));
  const unknownText = (row) => (row ? row.status_reason || spaced(row.status) : "no row in the mart");
  const fairnessUnit = (row) => (row.worst_segment_type === null ? "" : `${spaced(row.worst_segment_type)} `);

  // Fairness and drift as lines of the scorecard: no chart, target or filter, but a place to look.
  function monitors() {
    const gap = data.watch.fairness[0], drift = driftOf("model_drift_index");
    const filtered = state.chosen.some((value) => value > 0);
    const breaches = data.watch.fairness.filter((f) => f.verdict === "breach").length;
    const gapKnown = gap && known(gap), driftKnown = drift && known(drift);
    const points = data.watch.drift_series.map((p) => ({
      week: data.weeks.indexOf(p.week), value: p.value, lower: null, upper: null, signal: null,
    })).filter((p) => p.week >= 0);
    return [
      monitor("fairness_gap", "Fairness gap", "watch-fairness", gapKnown
        ? `${measureName(gap)}: ${gap.worst_segment} is served worse than ${gap.best_segment}, for equal intents.`
        : "Largest shortfall of a segment, for equal intents.",
      gapKnown ? verdictTag(gap.verdict) : tag("grey", ratings.grey),
      gapKnown ? [format(gap.value, "share"), interval(gap, { unit: "share" })] : ["–", unknownText(gap)],
      filtered ? "all slices, whatever the filter" : `${breaches} of ${data.watch.fairness.length} measures in breach`,
      element("span", { class: "muted" }, "no weekly points")),
      monitor("model_drift_index", "Model drift index", "watch-drift",
        "Share of monitors that changed, 0 to 100, weighted by risk.",
        tag("grey", ratings.grey, "no target: it says that something changed, not that it is bad"),
        driftKnown ? [indexText(drift.value), `${indexText(drift.worse_value)} of it worse`] : ["–", unknownText(drift)],
        filtered ? "all slices, whatever the filter" : driftKnown ? `${drift.signals} of ${drift.monitors} monitors signal` : "",
        sparkline(points, Math.max(0, data.weeks.length - 26))),
    ];
  }

  function monitor(id, name, target, sentenceText, status, [value, below], against, picture) {
    return [element("tr", { class: "monitor", "data-metric": id },
      element("td", { class: "cell-status" }, status),
      element("th", { scope: "row", class: "metric" }, element("a", { href: `#${target}` }, name), element("small", {}, sentenceText)),
      element("td", { class: "num cell-now" }, element("b", { class: value === "–" ? "value muted" : "value" }, value), element("small", { class: value === "–" ? "interval reason" : "interval" }, below)),
      element("td", { class: "cell-against" }, element("div", { class: "against" }, against)),
      element("td", { class: "cell-spark" }, picture),
      element("td", { class: "cell-stability" }, element("span", { class: "muted" }, "–")),
      element("td", { class: "change cell-change hide-mid" }, element("span", { class: "muted" }, "–")),
      element("td", { class: "owner cell-owner hide-mid" }, "Risk and data protection"))];
  }

  const whereOf = (alert) => (alert.slice_dimension === "overall" ? "everywhere"
    : `${spaced(alert.slice_dimension).replace(/ id\b/g, "")}: ${spaced(alert.slice_value)}`);

  function alertCells(alert) {
    const until = alert.is_open ? (alert.last_seen === alert.first_seen ? null : `last seen ${alert.last_seen}`) : `ended ${alert.ended_on}`;
    return [tag(severityIcons[alert.severity], `Severity ${alert.severity}`),
      [measureName(alert), small(capital(spaced(alert.source)))], whereOf(alert), [day(alert.first_seen), small(until)],
      sized(alert.size, alert.size_unit), alert.owner,
      [alert.reason, small(alert.runbook && `Runbook: ${alert.runbook.split("#").pop().replaceAll("-", " ")}`)]];
  }

  const alertHeads = ["Severity", "What", "Where", "Since", "Size", "Owner", "Reason"];

  function alertParts() {
    const urgent = [...openAlerts(1), ...openAlerts(2)], minor = openAlerts(3);
    const closed = data.watch.alerts.filter((a) => !a.is_open);
    return [
      urgent.length ? list("Open alerts", alertHeads, urgent.map(alertCells), "alerts")
        : element("p", { class: "muted" }, minor.length ? "No open alert of severity 1 or 2." : "No open alerts."),
      minor.length ? element("details", {}, element("summary", {}, `Open alerts of severity 3 (${minor.length}): single slices, companions and inputs`),
        list("Open alerts of severity 3", alertHeads, minor.map(alertCells), "alerts")) : null,
      element("h4", {}, `Closed in the latest ${data.watch.closed_weeks} weeks, severity 1`),
      closed.length ? list("Closed alerts of severity 1", alertHeads, closed.map(alertCells), "alerts") : element("p", { class: "muted" }, "None."),
    ];
  }

  function verdictCells(release) {
    const effect = release.effect === null ? null : [
      element("span", { class: "nowrap" }, sized(release.effect, release.unit)[0]),
      small(`${sized(release.lower_95, release.unit)[0]} to ${sized(release.upper_95, release.unit)[0]}`)];
    return [[release.id, small(release.rolled_back && `rolled back ${release.rolled_back}`)], day(release.date), verdictTag(release.verdict),
      release.name === null ? null : [release.name, small(release.control && `against ${release.control}`)], effect, day(release.first_seen_on), release.owner, release.reason];
  }

  function driftCells(row) {
    const of = (kind) => driftOf(`model_drift_index_${kind}`, row.slice_dimension, row.slice_value);
    const part = (kind) => (of(kind) && known(of(kind)) ? indexText(of(kind).value) : element("span", { class: "muted" }, unknownText(of(kind))));
    return [row.slice_dimension === "overall" ? "Everything" : `Release ${row.slice_value}`, day(row.week),
      known(row) ? [element("b", {}, indexText(row.value)), row.status === "ok" ? null : small(row.status_reason)] : element("span", { class: "muted" }, unknownText(row)),
      indexText(row.worse_value), part("input"), part("performance"), `${row.signals} of ${row.monitors}`];
  }

  function fairnessCells(row) {
    if (!known(row)) {
      return [measureName(row), tag("grey", ratings.grey), element("span", { class: "muted" }, unknownText(row)), null, null, null];
    }
    return [measureName(row), verdictTag(row.verdict), `${fairnessUnit(row)}${row.worst_segment}`, row.best_segment,
      [element("b", {}, format(row.value, "share")), small(interval(row, { unit: "share" }))],
      [format(row.crude_value, "share"), small(row.standardisation_effect && `${spaced(row.standardisation_effect)} for equal intents`)]];
  }

  function drawWatch() {
    const heading = (id, text) => element("h3", { id, tabindex: "-1" }, text);
    const note = (text) => element("p", { class: "muted" }, text);
    const indices = data.watch.drift.filter((d) => d.metric_id === "model_drift_index");
    document.querySelector("#watch > div").replaceChildren(
      note("Of the whole company: filters and period do not apply."),
      heading("watch-alerts", "Open alerts"), ...alertParts().filter(Boolean),
      heading("watch-releases", "Releases: keep, watch or roll back"),
      data.watch.verdicts.length ? list("Verdicts on releases", ["Release", "Live from", "Verdict", "Decided by", "Difference (95% CI)", "Since", "Owner", "Reason"], data.watch.verdicts.map(verdictCells), "verdicts") : note("No releases."),
      heading("watch-drift", "Model drift index, 0 to 100"),
      note("Share of the monitors that changed since the frozen baseline, weighted by risk; latest week with enough of them. A change is not harm: see the worse part."),
      indices.length ? list("Model drift index", ["Of", "Week from", "All monitors", "Of it worse", "Inputs", "Performance", "Monitors that signal"], indices.map(driftCells)) : note("No week is monitored yet."),
      heading("watch-fairness", "Fairness gap"),
      note("How much less the worst segment gets than the one treated best: for equal intents, and crude."),
      data.watch.fairness.length ? list("Fairness gap", ["Measure", "Verdict", "Worst segment", "Best segment", "Gap (95% CI)", "Crude gap"], data.watch.fairness.map(fairnessCells)) : note("No measure is compared."));
    const counts = [1, 2, 3].map((severity) => [severity, openAlerts(severity).length]).filter(([, count]) => count);
    const parts = counts.map(([severity, count], i) => [severityIcons[severity],
      i ? `${count} of severity ${severity}` : `${count} open alert${count === 1 ? "" : "s"} of severity ${severity}`]);
    document.getElementById("open-alerts").replaceChildren(element("a", { href: "#watch" },
      ...(parts.length ? parts.flatMap(([kind, text], i) => [i ? ", " : null, element("span", { class: "nowrap" }, element("span", { class: kind }, icon(kind)), element("u", {}, text))])
        : [element("u", {}, "No open alerts")])));
    // Who reads nothing else has to see what harms customers, not only how much of it there is.
    const harm = openAlerts(1).map((a) => `${measureName(a)} (${spaced(a.source)}, ${whereOf(a)})`);
    const urgent = document.getElementById("urgent");
    urgent.hidden = !harm.length;
    urgent.textContent = "Severity 1: " + harm.slice(0, 3).join(" · ") + (harm.length > 3 ? ` · and ${harm.length - 3} more` : "");
  }

  // A link into the folded section opens it; its heading has the focus, so that reading goes on there.
  function openWatch(hash) {
    const target = hash.startsWith("#watch") ? document.getElementById(hash.slice(1)) : null;
    if (!target) return false;
    document.getElementById("watch").open = true;
    target.scrollIntoView();
    (target.id === "watch" ? target.querySelector("summary") : target).focus({ preventScroll: true });
    return true;
  }

  function sliceText() {
    return state.chosen.map((value, i) => {
      const name = dimensionNames[dimensions[i]].toLowerCase();
      return value ? `${name} ${spaced(data.dimensions[dimensions[i]][value - 1])}` : `all ${name}s`;
    }).join(", ");
  }

  function drawTexts() {
    const headlines = data.metrics.map((m, i) => [m, i]).filter(([m]) => m.tier === "headline" && data.categories.includes(m.category));
    const periods = headlines.map(([, i]) => read(i, [0, 0, 0])).filter((c) => c.period_ends_on);
    const starts = periods.map((c) => c.period_starts_on).sort(), ends = periods.map((c) => c.period_ends_on).sort();
    const span = ends.length ? `${starts[0]} to ${ends[ends.length - 1]}` : "no mature week yet";
    document.getElementById("period-text").textContent =
      `${state.period === "all" ? "All mature units" : "Latest 4 mature weeks of each metric"}, ${span} · ${sliceText()}`;
    const shown = headlines.filter(([, i]) => known(read(i))).length;
    document.getElementById("summary").textContent =
      `${headlines.length} headline metrics, ${shown} with a value for ${sliceText()}. Select a metric for its process chart, slices and definition.`;
  }

  function drawLegend() {
    const mark = (signal) => svg("svg", { width: 10, height: 10, viewBox: "0 0 10 10", "aria-hidden": "true" }, pointMark(5, 5, signal, 3.2));
    document.getElementById("legend").replaceChildren(
      ...Object.entries(ratings).map(([kind, word]) => element("span", { class: "meaning" }, tag(kind, word), meanings[kind])),
      element("span", {}, "met, missed, too close (hollow): the interval beside the target"),
      tag("improvement", "Improving"), tag("plain", "Stable"), tag("concern", "Concern"),
      element("span", {}, mark("improvement"), " better ", mark("concern"), " worse than chance explains"),
      element("span", {}, "band: process limits · ▾ release · whisker: 95% interval · upright line: target"));
  }

  function draw() {
    const focused = document.activeElement && document.activeElement.id;
    const main = table(data.categories, "m", "Metrics against target");
    document.getElementById("metrics").replaceChildren(main || element("p", {}, "No headline metric is published yet."));
    const folded = table(data.folded, "f", "Legacy and value metrics");
    document.getElementById("folded").hidden = !folded;
    document.querySelector("#folded > div").replaceChildren(folded || "");
    drawComposites();
    drawParts();
    drawTexts();
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  }

  document.getElementById("filters").addEventListener("change", (event) => {
    const select = event.target;
    if (select.name === "period") state.period = select.value;
    else state.chosen[dimensions.indexOf(select.name)] = Number(select.value);
    draw();
  });
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !state.open) return;
    const button = document.getElementById(`metric-${state.open}`);
    if (button) { button.click(); button.focus(); }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#watch']");
    if (link && openWatch(link.getAttribute("href"))) event.preventDefault();
  });
  drawReleases();
  drawLegend();
  drawWatch();
  draw();
  openWatch(location.hash);
})();
