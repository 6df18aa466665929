param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestMasterHome (Join-Path $TestDrive 'master')
}

Describe 'Uninstall-CodexportService' {
    It 'changes nothing with -WhatIf, and gives its plan with -PassThru beside it' {
        Assert-Planning 'Uninstall-CodexportService' $user $TestDrive
    }

    It 'writes what the program prints' {
        Assert-SameField (Get-Plan 'Uninstall-CodexportService' $user) (Get-ProgramJson $ProgramPath $user 'master', 'service', 'uninstall', '--dry-run')
    }

    It 'has a table and a list' {
        Assert-View (Get-Plan 'Uninstall-CodexportService' $user) 'Codexport.Engine.Results.ServiceChangeResult'
    }
}
