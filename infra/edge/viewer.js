function handler(event) { return { statusCode: 403 }; }
