import { useLayoutEffect, useRef } from 'preact/hooks';
import { type RenderContext, renderMarkdown } from '../../markdown/dom';
import { parseMarkdown } from '../../markdown/parse';

/** Text in Discord's markdown. */
export function MarkdownText({
  content,
  context,
}: {
  readonly content: string;
  readonly context: RenderContext;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { names, viewerId } = context;
  // The rest of the context is new each time, and means the same.
  useLayoutEffect(() => {
    place.current?.replaceChildren(renderMarkdown(parseMarkdown(content), context));
  }, [content, names, viewerId]);
  return <div class="app-text" ref={place} />;
}
