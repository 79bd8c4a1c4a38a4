const jsdom = { testEnvironment: 'jsdom' };

module.exports = {
  projects: [
    { displayName: 'as it comes', ...jsdom },
    {
      displayName: 'with the package transformed',
      ...jsdom,
      transformIgnorePatterns: ['/node_modules/(?!link-widget/)'],
    },
    {
      displayName: 'with the conditions of React Native',
      ...jsdom,
      testEnvironmentOptions: { customExportConditions: ['require', 'react-native'] },
    },
  ],
};
