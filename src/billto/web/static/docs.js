"use strict";

// A script of its own: the page's security policy allows none inside the page.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  // Swagger UI would otherwise show a badge that another host draws.
  validatorUrl: null,
});
