// E is for paper: a slide a page. What the notes say goes with it on a page
// behind each slide where the address says showNotes=separate-page too.
Reveal.initialize({
	width: 1280,
	height: 720,
	margin: 0,
	center: false,
	hash: true,
	controls: false,
	slideNumber: 'c/t',
	transition: 'none',
	backgroundTransition: 'none',
	plugins: [RevealNotes],
}).then(() => {
	Reveal.addKeyBinding({ keyCode: 69, key: 'E', description: 'Print view: one slide a page' }, () => {
		location.href = location.pathname + '?print-pdf';
	});
	document.documentElement.dataset.ready = '1';
});
