import type { Subject } from '@popple/shared/contract/subject';
import {
  isClosing,
  isFormOpening,
  isQuote,
  isWhiteSpace,
  nextOpening,
  nextVisible,
  nextWhiteSpace,
  skipInvisible,
} from '../characters';
import type { Region } from '../markdown/ignored-regions';
import { endInMessage, type ReadableText, startInMessage } from '../markdown/readable-text';
import { isTooLong, textSubject } from '../subjects/subject';
import { type Form, Forms } from './forms';
import { endsWord, type Step, spacedOperator } from './operators';
import { bareWord, firstWord, holdsCode, reaches, type WordCore } from './words';

/** A subject as a message names it once. */
export interface Reference {
  subject: Subject;
  /** What the operator on it does; zero without one. */
  step: Step | 0;
  /** Where in the message it begins, with what stands right before the name: `(`, `"`, `@`. UTF-16 code units. */
  start: number;
  /** Where in the message the operator ends, or the name without one: the index after it, in UTF-16 code units. */
  end: number;
}

/** All names of a text, in order, each as often as it is named. */
export interface Names {
  references: readonly Reference[];
  /** Whether something longer than a subject may be was clearly meant to be named. */
  hasTooLong: boolean;
}

/**
 * Reads a text from left to right, one stretch at a time: a form (group, quotation, mention), or a chunk, which is what
 * stands between white space and forms and holds one word or, after closing punctuation, several: `a++,b++`.
 */
class NameReader {
  readonly #readable: ReadableText;
  readonly #text: string;
  readonly #isAsking: boolean;
  readonly #forms: Forms;
  readonly #references: Reference[] = [];
  #hasTooLong = false;
  #at = 0;
  /** The first white space at or after `#at`: found once for each. */
  #wordEnd = 0;
  /** The last opening searched for, kept for the words before it. */
  #opening = -1;

  constructor(readable: ReadableText, isAsking: boolean) {
    const { text } = readable;
    this.#readable = readable;
    this.#text = text;
    this.#isAsking = isAsking;
    this.#forms = new Forms(text, isAsking);
  }

  run(): Names {
    while (this.#at < this.#text.length) {
      if (isWhiteSpace(this.#text.charCodeAt(this.#at))) {
        this.#at = nextVisible(this.#text, this.#at);
        continue;
      }
      if (this.#wordEnd <= this.#at) this.#wordEnd = nextWhiteSpace(this.#text, this.#at);
      const form = this.#formAt(this.#at);
      if (form !== undefined) this.#takeForm(form);
      else this.#takeChunk(this.#chunkEnd());
    }
    return { references: this.#references, hasTooLong: this.#hasTooLong };
  }

  #formAt(index: number): Form | undefined {
    const unit = this.#text.charCodeAt(index);
    return isFormOpening(unit) || isQuote(unit) ? this.#forms.at(index, this.#wordEnd) : undefined;
  }

  #name(subject: Subject | undefined, step: Step | 0, { start, end }: Region): void {
    if (subject === undefined || (step === 0 && !this.#isAsking)) return;
    this.#references.push({
      subject,
      step,
      start: startInMessage(this.#readable, start),
      end: endInMessage(this.#readable, end),
    });
  }

  #nameWord(word: WordCore, step: Step | 0, written: Region, isMeant: boolean): void {
    const text = this.#text.slice(word.start, word.end);
    const subject = textSubject(text, word.hadAt);
    if (subject === undefined && isMeant && isTooLong(text)) this.#hasTooLong = true;
    this.#name(subject, step, written);
  }

  /** Letters glued to a mention (`<@1>'s++`) are no word of their own. */
  #takeForm(form: Form): void {
    this.#name(form.subject, form.step, { start: this.#at, end: form.end });
    if (form.isTooLong) this.#hasTooLong = true;
    this.#at = this.#skipClosing(form.end);
    const isGlued = form.step === 0 && this.#at === form.end && this.#at < this.#text.length;
    if (!isGlued || isWhiteSpace(this.#text.charCodeAt(this.#at))) return;
    if (this.#wordEnd <= this.#at) this.#wordEnd = nextWhiteSpace(this.#text, this.#at);
    if (this.#formAt(this.#at) === undefined) this.#at = this.#chunkEnd();
  }

  /** Quotes stay, as they may open something. */
  #skipClosing(index: number): number {
    let at = index;
    for (; at < this.#text.length; at++) {
      const unit = this.#text.charCodeAt(at);
      if (!isClosing(unit) || isQuote(unit)) break;
    }
    return at;
  }

  #chunkEnd(): number {
    for (let at = this.#openingFrom(this.#at + 1); at < this.#wordEnd; at = this.#openingFrom(at + 1))
      if (this.#formAt(at) !== undefined) return at;
    return this.#wordEnd;
  }

  #openingFrom(index: number): number {
    if (this.#opening < index) this.#opening = nextOpening(this.#text, index);
    return this.#opening;
  }

  #takeChunk(end: number): void {
    const start = this.#at;
    this.#at = end;
    if (holdsCode(this.#text.slice(start, end))) return;
    for (let at = start; at < end; ) {
      const word = firstWord(this.#text, at, end);
      if (word === 'none') this.#takeBareWord(at, end);
      if (word === 'none' || word === undefined || !endsWord(this.#text, word.after)) return;
      const written = { start: at, end: word.after };
      if (this.#isAsking || word.step !== 0) this.#nameWord(word, word.step, written, true);
      at = word.after;
      while (at < end && isClosing(this.#text.charCodeAt(at))) at++;
      at = skipInvisible(this.#text, at);
    }
  }

  /** Members cannot tell `@alice` from a mention, so it may have its operator after a space as well. */
  #takeBareWord(start: number, end: number): void {
    if (!this.#isAsking && !this.#text.slice(start, end).includes('@')) return;
    const word = bareWord(this.#text, start, end);
    if (word === undefined) return;
    const isMention = word.hadAt && reaches(this.#text, word, end);
    const operator = isMention ? spacedOperator(this.#text, end) : undefined;
    if (!this.#isAsking && operator === undefined) return;
    const written = { start, end: operator?.end ?? word.end };
    this.#nameWord(word, operator?.step ?? 0, written, this.#isAsking);
    if (operator !== undefined) this.#at = this.#skipClosing(operator.end);
  }
}

/**
 * The subjects a text names, in order, each as often as it is named. Read for karma, only those with an operator; with
 * `isAsking`, all of them. Linear in the text's length.
 */
export function readNames(readable: ReadableText, isAsking: boolean): Names {
  return new NameReader(readable, isAsking).run();
}
