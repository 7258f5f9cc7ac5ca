// What a gateway that decides nothing costs.
export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return fetch(env.ORIGIN + pathname + search, new Request(request, { redirect: "manual" }));
  },
};
