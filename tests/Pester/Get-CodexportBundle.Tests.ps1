param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    $first = (Get-CodexportStatus -HomePath $master).Revision
    Set-Content $master/.codex/AGENTS.md 'of the team'
    Update-CodexportBundle -HomePath $master
    $second = (Get-CodexportStatus -HomePath $master).Revision
}

Describe 'Get-CodexportBundle' {
    It 'lists what is kept, newest first, and says what is in service' {
        $bundles = Get-CodexportBundle -HomePath $master
        $bundles.Revision | Should -Be $second, $first
        $bundles.InService | Should -Be $true, $false
        $bundles[0].PublishedAt.Kind | Should -Be 'Local'
    }

    It 'gives what can be brought back' {
        $before = Get-Snapshot $TestDrive
        (Get-CodexportBundle -HomePath $master)[1] | Restore-CodexportBundle -HomePath $master -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        Assert-SameField @(Get-CodexportBundle -HomePath $master) (Get-ProgramJson $ProgramPath $master 'master', 'revisions').revisions
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportBundle -HomePath $master) 'Codexport.Engine.Results.BundleInfo'
    }

    It 'needs a master' {
        $none = Join-Path $TestDrive 'none'
        $record = Get-ErrorOf { Get-CodexportBundle -HomePath $none }
        Assert-Error $record 'Get-CodexportBundle' 'NotMaster' 'InvalidOperation' $record.TargetObject
    }
}
