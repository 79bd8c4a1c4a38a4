import { Head, Html, Main, NextScript } from 'next/document';

export default () => (
  <Html lang="en">
    <Head />
    <body>
      <Main />
      <NextScript />
    </body>
  </Html>
);
