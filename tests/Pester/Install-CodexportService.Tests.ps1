param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestMasterHome (Join-Path $TestDrive 'master')
}

Describe 'Install-CodexportService' {
    It 'changes nothing with -WhatIf, and gives its plan with -PassThru beside it' {
        Assert-Planning 'Install-CodexportService' $user $TestDrive
    }

    It 'writes what the program prints' {
        Assert-SameField (Get-Plan 'Install-CodexportService' $user) (Get-ProgramJson $ProgramPath $user 'master', 'service', 'install', '--dry-run')
    }

    It 'has a table and a list' {
        Assert-View (Get-Plan 'Install-CodexportService' $user) 'Codexport.Engine.Results.ServiceChangeResult'
    }

    It 'needs the role' {
        $none = Join-Path $TestDrive 'none'
        $record = Get-ErrorOf { Install-CodexportService -HomePath $none -WhatIf }
        Assert-Error $record 'Install-CodexportService' 'NotMaster' 'InvalidOperation' $record.TargetObject
    }
}
