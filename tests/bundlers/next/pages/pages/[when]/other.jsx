export default () => <p>other</p>;
