// lesson.ts -- predict, then reveal: the engine asks about the case on the page, and grades the guess.
import { el } from './dom';
import { Engine, Refusal } from './engine';

interface Exercise {
  count: number; id: string; topic: string; equation: string; unit: string; asked: boolean; question: string; hint: string;
  reveal: string; answer: string; card_front: string; card_back: string;
}

interface Grade { log_error: number | null; score: number; verdict: string }

export class Lesson {
  private index = 0;
  private readonly scores = new Map<number, Grade>();
  private cards = false;

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
    const total = [...this.scores.values()];
    const score = el('p', { class: 'score', role: 'status' }, total.length === 0 ? 'No guess yet.'
      : `${total.length} guessed, mean score ${Math.round((100 * total.reduce((s, g) => s + g.score, 0)) / total.length)} of 100`);
    this.place.replaceChildren(heading, this.cards ? this.card(exercise) : this.ask(exercise), bar, score);
    if (focus) heading.focus();
  }

  private card(exercise: Exercise): HTMLElement {
    return el('details', { class: 'card' }, el('summary', {}, exercise.card_front), el('p', {}, exercise.card_back));
  }

  private ask(exercise: Exercise): HTMLElement {
    const box = el('div', { class: 'exercise' }, el('p', { class: 'question' }, exercise.question));
    if (!exercise.asked) {
      box.append(el('p', {}, exercise.reveal));
      return box;
    }
    const guess = el('input', { id: 'guess', type: 'text', autocomplete: 'off', 'aria-describedby': 'guess-unit' });
    const said = el('div', { role: 'status', class: 'said' });
    const reveal = (text: string) => said.replaceChildren(el('p', { class: 'verdict' }, text), el('p', {}, `The answer: ${exercise.answer}. ${exercise.reveal}`),
      el('p', {}, el('button', { type: 'button', class: 'equation', click: () => this.explain(exercise.equation) }, `Equation ${exercise.equation}`)));
    const form = el('form', {
      submit: (event) => {
        event.preventDefault();
        try {
          const grade = JSON.parse(this.engine.grade(0, this.index, guess.value)) as Grade;
          if (!this.scores.has(this.index)) this.scores.set(this.index, grade);
          reveal(grade.log_error === null ? grade.verdict : `${grade.verdict}: off by ${grade.log_error.toFixed(2)} in powers of ten`);
        } catch (e) {
          if (!(e instanceof Refusal)) throw e;
          said.replaceChildren(el('p', { class: 'refusal' }, e.message));
        }
      },
    }, el('label', { for: 'guess' }, 'Your guess'), guess, el('span', { id: 'guess-unit', class: 'doc' }, exercise.unit),
      el('button', { type: 'submit' }, 'Reveal'), el('button', { type: 'button', click: () => said.replaceChildren(el('p', {}, exercise.hint)) }, 'Hint'),
      el('button', { type: 'button', click: () => reveal('Not guessed') }, 'Skip'));
    box.append(form, said);
    return box;
  }
}
