param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    $passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText
    $file = Join-Path $TestDrive 'identity.json'
    Export-CodexportIdentity $file -Passphrase $passphrase -HomePath $master
    $fingerprint = (Get-CodexportStatus -HomePath $master).Fingerprint
}

Describe 'Set-CodexportIdentity' {
    It 'changes nothing with -WhatIf' {
        $before = Get-Snapshot $TestDrive
        Set-CodexportIdentity -HomePath $master -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'lets another key act, and takes the identity''s own away' {
        $result = Set-CodexportIdentity $file -Passphrase $passphrase -RemoveKey -HomePath $master -PassThru
        $result.Fingerprint | Should -Be $fingerprint
        $result.KeyFingerprint | Should -Not -Be $fingerprint
        $result.IsIdentityHere | Should -BeFalse
        (Get-CodexportStatus -HomePath $master).Fingerprint | Should -Be $fingerprint
        Assert-View $result 'Codexport.Engine.Results.DelegationResult'
    }

    It 'writes what the program prints' {
        $other = New-TestMasterHome (Join-Path $TestDrive 'other')
        $result = Set-CodexportIdentity -HomePath $other -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $other 'master', 'identity', 'delegate')
    }

    It 'takes it back in silence' {
        Set-CodexportIdentity $file -Passphrase $passphrase -Withdraw -HomePath $master | Should -BeNullOrEmpty
        Test-Path $master/.codexport/master/key.pem | Should -BeTrue
        Test-Path $master/.codexport/master/online.pem | Should -BeFalse
    }
}
