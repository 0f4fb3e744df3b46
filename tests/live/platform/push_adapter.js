// A push adapter that delivers to nobody and says that all went well.
module.exports = class {
  getValidPushTypes() {
    return ['ios', 'android'];
  }
  async send(body, installations) {
    return installations.map(one => ({
      transmitted: true,
      device: { deviceToken: one.deviceToken, deviceType: one.deviceType },
    }));
  }
};
