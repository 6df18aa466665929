param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-LoneFollower $ProgramPath $TestDrive
}

Describe 'Uninstall-CodexportTimer' {
    It 'changes nothing with -WhatIf, and gives its plan with -PassThru beside it' {
        Assert-Planning 'Uninstall-CodexportTimer' $user $TestDrive
    }

    It 'writes what the program prints' {
        Assert-SameField (Get-Plan 'Uninstall-CodexportTimer' $user) (Get-ProgramJson $ProgramPath $user 'follower', 'timer', 'uninstall', '--dry-run')
    }

    It 'has a table and a list' {
        Assert-View (Get-Plan 'Uninstall-CodexportTimer' $user) 'Codexport.Engine.Results.ServiceChangeResult'
    }
}
