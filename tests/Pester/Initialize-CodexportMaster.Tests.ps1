param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
}

Describe 'Initialize-CodexportMaster' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Initialize-CodexportMaster -HomePath $master -Port 17400 -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'makes the master in silence' {
        Initialize-CodexportMaster -HomePath $master | Should -BeNullOrEmpty
        $status = Get-CodexportStatus -HomePath $master
        $status.Role | Should -Be 'master'
        $status.Files | Should -Be 2
    }

    It 'keeps the identity and the revision when it is run again' {
        $first = Get-CodexportStatus -HomePath $master
        $again = Initialize-CodexportMaster -HomePath $master -PassThru
        $again.Fingerprint | Should -Be $first.Fingerprint
        $again.Fingerprint | Should -Match '^[0-9a-f]{64}$'
        $again.Revision | Should -Be $first.Revision
    }

    It 'keeps the port that it is given' {
        Initialize-CodexportMaster -HomePath $master -Port 17400
        (New-CodexportJoinLink localhost -HomePath $master).JoinLink | Should -BeLike '*port=17400*'
    }

    It 'writes what the program prints' {
        $result = Initialize-CodexportMaster -HomePath $master -PassThru
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $master 'master', 'init')
    }

    It 'has a table and a list' {
        Assert-View (Initialize-CodexportMaster -HomePath $master -PassThru) 'Codexport.Engine.Results.InitResult'
    }

    It 'refuses a home that is not there, by name' {
        $gone = Join-Path $TestDrive 'gone'
        $record = Get-ErrorOf { Initialize-CodexportMaster -HomePath $gone }
        Assert-Error $record 'Initialize-CodexportMaster' 'HomeNotFound' 'ObjectNotFound' (Join-Path $gone '.codex')
        Test-Path $gone | Should -BeFalse
    }

    It 'refuses a configuration that does not parse, and publishes nothing' {
        $broken = New-TestHome (Join-Path $TestDrive 'broken')
        Set-Content $broken/.codex/config.toml 'model = '
        $record = Get-ErrorOf { Initialize-CodexportMaster -HomePath $broken }
        Assert-Error $record 'Initialize-CodexportMaster' 'TomlInvalid' 'InvalidData' (Join-Path $broken '.codex/config.toml')
        $record.ErrorDetails.Message | Should -BeLike '*line: 1*'
        (Get-CodexportStatus -HomePath $broken -WarningAction Ignore).Revision | Should -BeNullOrEmpty
    }

    It 'refuses a port that there is not, before any work' {
        (Get-ErrorOf { Initialize-CodexportMaster -Port 65536 -HomePath $master }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }
}
