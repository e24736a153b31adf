// Shows what is pushed, and opens the page it is about. Served at /service-worker.js.
self.addEventListener("push", (event) => {
  const message = event.data?.json();
  if (!message) return;
  const options = { body: message.body, tag: message.tag, data: { url: message.url || "/inbox/" }, icon: "/static/icons/favicon.svg" };
  event.waitUntil(self.registration.showNotification(message.title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(new URL(event.notification.data.url, self.location.origin).href));
});
