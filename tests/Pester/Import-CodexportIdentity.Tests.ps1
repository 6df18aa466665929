param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestMasterHome (Join-Path $TestDrive 'master')
    $passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText
    $file = Join-Path $TestDrive 'identity.json'
    Export-CodexportIdentity $file -Passphrase $passphrase -HomePath $user
    $new = New-TestHome (Join-Path $TestDrive 'new')
    Set-Content $TestDrive/passphrase 'correct horse battery staple'
    if (-not $IsWindows) { chmod 600 $TestDrive/passphrase }
}

Describe 'Import-CodexportIdentity' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $new -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'refuses a wrong passphrase, and changes nothing' {
        $record = Get-ErrorOf { Import-CodexportIdentity $file -Passphrase (ConvertTo-SecureString 'another passphrase' -AsPlainText) -HomePath $new }
        Assert-Error $record 'Import-CodexportIdentity' 'PassphraseRefused' 'AuthenticationError' $record.TargetObject
        Join-Path $new '.codexport' | Should -Not -Exist
    }

    It 'makes the home that master, in silence' {
        Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $new | Should -BeNullOrEmpty
        (Get-CodexportStatus -HomePath $new).Fingerprint | Should -Be (Get-CodexportStatus -HomePath $user).Fingerprint
    }

    It 'writes what the program prints' {
        $result = Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $new -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $new 'master', 'identity', 'import', $file, '--passphrase-file', "$TestDrive/passphrase")
    }

    It 'has a list, and at most five columns' {
        $result = Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $new -PassThru
        @(Get-TableColumn $result).Count | Should -BeLessOrEqual 5
        @(Get-ListLabel $result).Count | Should -Be @(Get-DisplaySet $result).Count
    }
}
