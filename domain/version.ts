// The version of Hotshift, for records that outlive a deployment; a test holds it against package.json.
export const VERSION = '0.1.0';
