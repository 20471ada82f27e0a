import type { ServiceStatus } from '../../src/chat-contract';
import { serviceLabel, serviceState, troubles } from '../model/services';
import { h, setAttributes, setText } from './element';
import type { Component } from './ui';

/** A row that names Popple's services, each with a dot for its state. It is hidden where no status is reported. */
export function servicesRow(): Component {
  const list = h('ul', { class: 'services-list', role: 'list' });
  const element = h(
    'section',
    { class: 'services', 'data-component': 'services', 'aria-label': 'Services of Popple' },
    list,
  );
  let shownKey = '';
  return {
    element,
    update({ services }) {
      element.hidden = services === undefined;
      const key = JSON.stringify(services);
      if (services === undefined || key === shownKey) return;
      shownKey = key;
      list.replaceChildren(
        ...inOrder(services).map((service) =>
          h(
            'li',
            {
              class: 'service',
              'data-name': service.name,
              'data-state': service.state,
              title: serviceState(service),
            },
            h('span', { class: 'service-dot', 'aria-hidden': 'true' }),
            serviceLabel(service),
            h('span', { class: 'visually-hidden' }, `: ${serviceState(service)}`),
          ),
        ),
      );
    },
  };
}

/** As the supervisor starts them is no order for a reader. */
function inOrder(services: readonly ServiceStatus[]): ServiceStatus[] {
  const order: readonly ServiceStatus['name'][] = ['bot', 'svc', 'nats', 'postgres'];
  return services.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Says which service does not work, and what that means for what one writes. */
export function servicesNotice(): Component {
  const text = h('p', { class: 'notice-text' });
  const dot = h('span', { class: 'service-dot', 'aria-hidden': 'true' });
  const element = h(
    'div',
    { class: 'notice', role: 'status', 'data-component': 'services-notice' },
    dot,
    text,
  );
  return {
    element,
    update({ services }) {
      const said = troubles(services);
      setAttributes(element, { 'data-quiet': said.length === 0 });
      setText(text, said.join(' '));
    },
  };
}
