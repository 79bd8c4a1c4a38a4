// All that the polyfill of URL asks React Native for: without an app there is nothing.
exports.NativeModules = {};
exports.Platform = {};
