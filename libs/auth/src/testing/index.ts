// Filled by the contract suite.
