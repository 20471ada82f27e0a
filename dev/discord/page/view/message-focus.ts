/**
 * Lets the arrow keys go from message to message, so that the Tab key does not have to pass every button of every one:
 * only the buttons of the message that has the focus can be reached with it.
 */
export function roveThroughMessages(scroller: HTMLElement, rows: HTMLElement): void {
  let active: HTMLElement | undefined;
  const setReachable = (message: HTMLElement, reachable: boolean) => {
    for (const element of message.querySelectorAll(
      'button:not(.picture-button):not(.mention):not(.reaction)',
    )) {
      element.setAttribute('tabindex', reachable ? '0' : '-1');
    }
  };
  rows.addEventListener('focusin', (event) => {
    const message = messageAround(event.target);
    if (message === undefined || message === active) return;
    if (active !== undefined) setReachable(active, false);
    active = message;
    setReachable(message, true);
  });
  scroller.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    if (event.target !== scroller && messageAround(event.target) !== event.target) return;
    const messages = [...rows.querySelectorAll<HTMLElement>('[data-message-id]')];
    const from = messages.findIndex((message) => message.contains(document.activeElement));
    const step = event.key === 'ArrowUp' ? -1 : 1;
    const next = from === -1 ? messages.at(-1) : messages[from + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  });
}

function messageAround(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element ? target.closest<HTMLElement>('[data-message-id]') : null) ?? undefined;
}
