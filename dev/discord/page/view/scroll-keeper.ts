const AT_END_PX = 40;
const NEAR_TOP_PX = 600;

/** The events of a scrolled pane. */
export interface ScrollListener {
  /** The oldest message shown is nearly in view. */
  nearTop(): void;
  /** The view has moved, or its content has changed. */
  moved(atEnd: boolean): void;
}

/**
 * Keeps a pane of messages where its reader is. At the end, it follows what is added there; anywhere else, what is in
 * view stays in view, whatever is added above or below and however the pane changes its size.
 */
export class ScrollKeeper {
  readonly #scroller: HTMLElement;
  readonly #listener: ScrollListener;
  #atEnd = true;
  /** Where the view was when `#atEnd` was found out. */
  #seenTop = 0;

  constructor(scroller: HTMLElement, listener: ScrollListener) {
    this.#scroller = scroller;
    this.#listener = listener;
    scroller.addEventListener('scroll', () => this.look(), { passive: true });
    // The composer grows, the window shrinks, a font arrives: at the end one stays at the end.
    const watch = new ResizeObserver(() => {
      if (this.#stillAtEnd()) this.toEnd();
    });
    watch.observe(scroller);
    for (const child of scroller.children) watch.observe(child);
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Goes to the newest message. */
  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#atEnd = true;
    this.#seenTop = this.#scroller.scrollTop;
  }

  /** To be called before the content changes; what it returns puts the view back where it was, to be called after. */
  remember(): () => void {
    if (this.#stillAtEnd()) return () => this.toEnd();
    const top = this.#scroller.getBoundingClientRect().top;
    const rows = this.#scroller.querySelectorAll<HTMLElement>('[data-message-id]');
    const anchor = [...rows].find((row) => row.getBoundingClientRect().bottom > top);
    if (anchor === undefined) return () => {};
    const offset = anchor.getBoundingClientRect().top;
    return () => {
      if (anchor.isConnected) this.#scroller.scrollTop += anchor.getBoundingClientRect().top - offset;
    };
  }

  /** Computes where the view is now, and reports it. */
  look(): void {
    const { scrollTop } = this.#scroller;
    this.#atEnd = this.#distance() < AT_END_PX;
    this.#seenTop = scrollTop;
    this.#listener.moved(this.#atEnd);
    if (scrollTop < NEAR_TOP_PX) this.#listener.nearTop();
  }

  /** A scroll event comes a frame late: a view that has moved up since is not at the end any more, whatever was seen. */
  #stillAtEnd(): boolean {
    const { scrollTop } = this.#scroller;
    return this.#distance() < AT_END_PX || (this.#atEnd && scrollTop >= this.#seenTop - AT_END_PX);
  }

  #distance(): number {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }
}
