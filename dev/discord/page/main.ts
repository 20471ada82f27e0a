import { Actions } from './actions';
import { enforceContentPolicy } from './content-policy';
import { Feed } from './feed';
import { LiveSocket } from './net/live-socket';
import { Store } from './store';
import { buildPage } from './view/page';

enforceContentPolicy();

const root = document.querySelector<HTMLElement>('#page');
if (root === null) throw new Error('index.html has no element with the id "page"');

const store = new Store();
const actions = new Actions(store);
const feed = new Feed(store, actions.history, actions);
const url = new URL('/_local/socket', location.href);
url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
const socket = new LiveSocket(url.href, feed);

buildPage(root, store, actions, () => socket.retryNow());
addEventListener('popstate', () => actions.followHash());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') return;
  socket.retryNow();
  actions.seen();
});
