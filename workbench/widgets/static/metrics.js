// The metrics page.
export default { render() {} };
