@{
    ExcludeRules = @(
        # A test file's blocks share variables through Pester, which the analyzer cannot see: set in BeforeAll, used in It.
        'PSUseDeclaredVarsMoreThanAssignments'
        'PSReviewUnusedParameter'
        # Functions of tests change throw-away homes only.
        'PSUseShouldProcessForStateChangingFunctions'
        # Tests read as sentences.
        'PSAvoidUsingPositionalParameters'
        # The passphrases of throw-away masters are made up here.
        'PSAvoidUsingConvertToSecureStringWithPlainText'
    )
}
