package browser

// Faint is a text with too little contrast to its background.
type Faint struct {
	Ratio float64
	Text  string
}

// Contrast is a JavaScript expression that lists the texts whose contrast to their
// background is less than WCAG 2 asks for, each as a Faint.
const Contrast = `(() => {
	const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
	const parse = c => (c.match(/[\d.]+/g) ?? []).map(Number);
	const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return parse(getComputedStyle(document.documentElement).backgroundColor); };
	const all = [...document.querySelectorAll('body *')].filter(e => !(e instanceof SVGElement) && !e.disabled && e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
	return all.map(e => { const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x); return { ratio: (a + 0.05) / (b + 0.05), text: e.textContent.slice(0, 40) }; }).filter(c => c.ratio < 4.5);
})()`
