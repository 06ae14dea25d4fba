// A paper as one reads them all day: text in even columns, formulas, tables of figures and a line chart; no photograph.
const words = `the of a and to in that it is was for on with as by at from measure signal bound network estimate sample
  variance model delay queue rate window proof lemma result error method figure constant limit sequence series channel
  capacity observed under given several between without against holds follows shown each whenever`.split(/\s+/);

// The same for every run: a linear congruential sequence names the words.
function random(seed) {
  let state = seed >>> 0;
  return () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296);
}

function prose(next, count) {
  const text = Array.from({ length: count }, () => words[Math.floor(next() * words.length)]).join(' ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

const letters = ['x', 'y', 'λ', 'μ', 'σ', 'τ', 'ρ', 'n', 'k', 'q'];

function formula(next, number) {
  const letter = () => `<mi>${letters[Math.floor(next() * letters.length)]}</mi>`;
  const indexed = () => `<msub>${letter()}<mn>${Math.floor(next() * 9)}</mn></msub>`;
  return `<div class="formula"><math display="block"><mrow>${indexed()}<mo>=</mo><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow>
    ${letter()}</munderover><mfrac><mrow>${indexed()}<mo>+</mo>${letter()}</mrow><msqrt><mrow><mn>2</mn><mi>π</mi>${indexed()}</mrow></msqrt></mfrac>
    <msup><mi>e</mi><mrow><mo>-</mo>${indexed()}<mo>/</mo><mn>2</mn></mrow></msup></mrow></math><span>(${number})</span></div>`;
}

function chart(next) {
  const lines = ['#1f77b4', '#d62728', '#2ca02c'].map((colour, index) => {
    let level = 150 - 35 * index;
    const points = Array.from({ length: 60 }, (_, i) => `${40 + i * 9},${(level += (next() - 0.53) * 12).toFixed(1)}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const grid = [30, 70, 110, 150].map((y) => `<path d="M40 ${y}H580" stroke="#ddd"/><text x="8" y="${y + 4}">${190 - y}</text>`);
  return `<figure><svg width="600" height="200" font-size="11">${grid.join('')}<path d="M40 10V190H580" fill="none" stroke="#000"/>${lines.join('')}</svg>
    <figcaption>${prose(next, 14)}</figcaption></figure>`;
}

function table(next) {
  const row = () => `<tr>${Array.from({ length: 6 }, (_, i) => `<td>${i === 0 ? prose(next, 2) : (next() * 900).toFixed(2)}</td>`).join('')}</tr>`;
  return `<table>${Array.from({ length: 8 }, row).join('')}</table>`;
}

export function paperPage() {
  const next = random(17);
  let body = `<h1>${prose(next, 7)}</h1><p><i>${prose(next, 90)}</i></p>`;
  for (let section = 1; section <= 24; ++section) {
    body += `<h2>${section}. ${prose(next, 4)}</h2>`;
    for (let i = 0; i < 4; ++i) body += `<p>${prose(next, 70 + Math.floor(next() * 60))} <i>${prose(next, 4)}</i> ${prose(next, 30)}</p>`;
    body += formula(next, section);
    body += `<p>${prose(next, 50)}</p>`;
    if (section % 4 === 2) body += chart(next);
    if (section % 4 === 0) body += table(next);
  }
  return `<style>body{margin:0;font:11pt/1.3 "Noto Serif",serif;text-align:justify;hyphens:auto}h1{font-size:18pt;text-align:center}
    h2{font-size:13pt}.formula{position:relative;margin:10pt 0}.formula span{position:absolute;right:0;top:35%}figure{margin:12pt 0;text-align:center}
    table{border-collapse:collapse;margin:12pt auto;font-size:10pt}td{border-top:1px solid #000;padding:2pt 9pt;text-align:left}</style>${body}`;
}
