// A Worker that does one piece of work many times in one request, or says what comes of it.
export const serve = (begin, verdict) => ({
  async fetch(request) {
    if (request.method !== "POST") return new Response("up");
    const { work, document, times } = await request.json();
    if (times === undefined) return Response.json(await verdict(work, document));
    const operation = work === "empty" ? () => {} : begin(work, document);
    for (let time = 0; time < times; time += 1) {
      const result = operation();
      if (result !== undefined) await result;
    }
    return new Response("done");
  },
});

export const GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";

// An attribute's values, where one value is not a list.
export const count = (values) => (values === undefined ? 0 : [values].flat().length);
