// lesson.ts -- predict, then reveal: the engine asks about the case on the page, and grades the guess.
import { el, svgOf } from './dom';
import { Engine, Refusal } from './engine';

interface Exercise {
  count: number; id: string; topic: string; equation: string; unit: string; asked: boolean; question: string; hint: string;
  reveal: string; answer: string; card_front: string; card_back: string;
}

interface Grade { log_error: number | null; score: number; verdict: string }

export class Lesson {
  private index = 0;
  private readonly scores = new Map<number, Grade>();
  private readonly score = el('p', { class: 'score', role: 'status' });
  private cards = false;
  private picture: { place: HTMLElement; revealed: boolean; width: number } | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly place: HTMLElement,
    private readonly explain: (id: string) => void,
  ) {}

  show(focus = false): void {
    let exercise: Exercise;
    try {
      exercise = JSON.parse(this.engine.lesson(0, this.index)) as Exercise;
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.place.replaceChildren(el('p', { class: 'refusal', role: 'alert' }, e.message));
      return;
    }
    const step = (by: number) => {
      this.index = (this.index + by + exercise.count) % exercise.count;
      this.show(true);
    };
    const heading = el('h2', { tabindex: -1 }, `Question ${this.index + 1} of ${exercise.count}: ${exercise.topic}`);
    const bar = el('p', { class: 'steps' },
      el('button', { type: 'button', click: () => step(-1) }, 'Previous'), ' ',
      el('button', { type: 'button', click: () => step(1) }, 'Next'), ' ',
      el('button', { type: 'button', 'aria-pressed': String(this.cards), click: () => { this.cards = !this.cards; this.show(true); } }, 'Recall cards'));
    this.score.textContent = this.scored();
    this.picture = null;
    this.place.replaceChildren(heading, this.cards ? this.card(exercise) : this.ask(exercise), bar, this.score);
    if (focus) heading.focus();
  }

  private card(exercise: Exercise): HTMLElement {
    return el('details', { class: 'card' }, el('summary', {}, exercise.card_front), el('p', {}, exercise.card_back));
  }

  private scored(): string {
    const total = [...this.scores.values()];
    return total.length === 0 ? 'No guess yet.'
      : `${total.length} guessed, mean score ${Math.round((100 * total.reduce((s, g) => s + g.score, 0)) / total.length)} of 100`;
  }

  private width(): number { return Math.min(960, Math.max(320, this.place.clientWidth || 736)); }

  /** A sketch beside the question, all of it beside the answer; where there is none, why. */
  private draw(place: HTMLElement, revealed: boolean): void {
    const width = this.width();
    this.picture = { place, revealed, width };
    try {
      place.replaceChildren(svgOf(this.engine.lessonFigure(0, this.index, revealed, width)));
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      place.replaceChildren(el('p', { class: 'doc' }, `No picture: ${e.message}`));
    }
  }

  /** The window has another size: what was typed and said stays. */
  fit(): void {
    if (this.picture && this.picture.width !== this.width()) this.draw(this.picture.place, this.picture.revealed);
  }

  private ask(exercise: Exercise): HTMLElement {
    const box = el('div', { class: 'exercise' }, el('p', { class: 'question' }, exercise.question));
    if (!exercise.asked) {
      box.append(el('p', {}, exercise.reveal));
      return box;
    }
    const guess = el('input', { id: 'guess', type: 'text', autocomplete: 'off', 'aria-describedby': 'guess-unit' });
    const said = el('div', { role: 'status', class: 'said' });
    const picture = el('div', { class: 'sketch' });
    this.draw(picture, false);
    const show = (text: string) => said.replaceChildren(el('p', { class: 'verdict' }, text), el('p', {}, `The answer: ${exercise.answer}. ${exercise.reveal}`),
      el('p', {}, el('button', { type: 'button', class: 'equation', click: () => this.explain(exercise.equation) }, `Equation ${exercise.equation}`)));
    const reveal = (text: string) => { show(text); this.draw(picture, true); };
    const form = el('form', {
      submit: (event) => {
        event.preventDefault();
        try {
          const grade = JSON.parse(this.engine.grade(0, this.index, guess.value)) as Grade;
          if (!this.scores.has(this.index)) this.scores.set(this.index, grade);
          this.score.textContent = this.scored();
          reveal(grade.log_error === null ? grade.verdict : `${grade.verdict} (${grade.log_error.toFixed(2)} powers of ten)`);
        } catch (e) {
          if (!(e instanceof Refusal)) throw e;
          said.replaceChildren(el('p', { class: 'refusal' }, e.message));
        }
      },
    }, el('label', { for: 'guess' }, 'Your guess'), guess, el('span', { id: 'guess-unit', class: 'doc' }, exercise.unit),
      el('button', { type: 'submit' }, 'Reveal'), el('button', { type: 'button', click: () => said.replaceChildren(el('p', {}, exercise.hint)) }, 'Hint'),
      el('button', { type: 'button', click: () => reveal('Not guessed') }, 'Skip'));
    box.append(form, said, picture);
    return box;
  }
}
