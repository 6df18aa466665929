param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-LoneFollower $ProgramPath $TestDrive
}

Describe 'Install-CodexportTimer' {
    It 'changes nothing with -WhatIf, and gives its plan with -PassThru beside it' {
        Assert-Planning 'Install-CodexportTimer' $user $TestDrive
    }

    It 'writes what the program prints' {
        Assert-SameField (Get-Plan 'Install-CodexportTimer' $user) (Get-ProgramJson $ProgramPath $user 'follower', 'timer', 'install', '--dry-run')
    }

    It 'has a table and a list' {
        Assert-View (Get-Plan 'Install-CodexportTimer' $user) 'Codexport.Engine.Results.ServiceChangeResult'
    }

    It 'needs the role' {
        $none = Join-Path $TestDrive 'none'
        $record = Get-ErrorOf { Install-CodexportTimer -HomePath $none -WhatIf }
        Assert-Error $record 'Install-CodexportTimer' 'NotFollower' 'InvalidOperation' $record.TargetObject
    }
}
